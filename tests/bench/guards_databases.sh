# guards_databases.sh: part of tools/bench.sh. Copies of the bench's database for guards.sh: one whose acts
# leave no audit leaf, and one that also has neither row-level security nor an actor's settings. They are
# made here by SQL and end with the bench: the program knows no way to do without.
partner=$(account_of partner)
service=$(psql -qXAt -c "SELECT org_id FROM account WHERE id = $partner")
psql -qX -d postgres -c 'CREATE DATABASE noria_unlogged TEMPLATE noria'
psql -qX -d noria_unlogged -f tests/bench/unlogged.sql
psql -qX -d postgres -c 'CREATE DATABASE noria_bare TEMPLATE noria_unlogged'
psql -qX -d noria_bare -v account="$partner" -v org="$service" -f tests/bench/bare.sql
