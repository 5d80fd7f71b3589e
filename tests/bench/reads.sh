# reads.sh: part of tools/bench.sh. One candidate and a list of fifty through the API, beside pgbench.
echo '\set id random(1, 90000)' >"$work/by_id"
block candidate_by_id >>"$work/by_id"
BENCH_TOKENS=$(token "$(account_of officer)") BENCH_PATH=/api/v1/candidates/%d BENCH_MAX=90000
versus "candidate by id (OFII)" noria_ofii "$work/by_id" 0.60

: >"$work/ours"
for ((round = 0; round < rounds; round++)); do
    load 128 >>"$work/ours"
done
p50=$(awk '{ print $2 }' "$work/ours" | median) p99=$(awk '{ print $3 }' "$work/ours" | median)
ratio=$(awk '{ print $3 / $2 }' "$work/ours" | median) bad=$(failed "$work/ours")
row "p99 by id at 128 connections" "$p99" "$(printf '%.2f' "$ratio")" "us" "p50: $p50 us, $bad failed" "<= 4" \
    "$(at_most "$((bad > 0)) $ratio" "0 4")"

echo '\set after random(0, 80000)' >"$work/list"
{
    echo 'SELECT json_agg(t) FROM ('
    block candidate_list | sed 's/:limit/51/; s/;[[:space:]]*$//'
    echo ') t;'
} >>"$work/list"
BENCH_PATH='/api/v1/candidates?limit=50&after=%d' BENCH_MAX=80000
versus "list of 50 candidates, JSON (OFII)" noria_ofii "$work/list" 0.65

# As an employer: the policy is at work on both sides.
read -r employer org <<<"$(psql -qXAt -F ' ' -c "SELECT id, org_id FROM account WHERE role = 'employer' ORDER BY id LIMIT 1")"
candidate=$(psql -qXAt -c "SELECT min(candidate_id) FROM proposal WHERE org_id = $org")
cat >"$work/employer" <<END
\\set id random($candidate, $candidate + 19)
BEGIN;
SELECT act_as($employer, $org, 'employer', '2026-03-01');
$(block candidate_by_id)
COMMIT;
END
BENCH_TOKENS=$(token "$employer") BENCH_PATH=/api/v1/candidates/$candidate BENCH_MAX=1
versus "candidate by id (employer, row-level security)" noria_employer "$work/employer" 0.45
