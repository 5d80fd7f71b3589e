# create.sh: part of tools/bench.sh. A candidate entered with its passport, identity sealed, screened,
# audited and its answer stored once, beside pgbench running the server's own statements.
partner=$(account_of partner)
service=$(psql -qXAt -c "SELECT org_id FROM account WHERE id = $partner")
sealed=$(psql -qXAt -c 'SELECT coalesce(max(length(sealed)), 300) FROM worker_identity')
wrapped=$(psql -qXAt -c 'SELECT coalesce(max(length(wrapped)), 74) FROM worker_identity')
# digest LETTER: SQL for the digest of one of a person's numbers, twice behind the key's version and id, as the
# server sends it.
before=$(psql -qXAt -c "SELECT lpad(to_hex(version), 4, '0') || encode(coalesce(key_id, '\x0000000000000000'), 'hex') FROM digest_key")
digest() { echo "decode(repeat('$before' || md5('$1' || :n), 2), 'hex')"; }
digests() { sed "s/:passport::bytea/$(digest a)/g; s/:person::bytea/$(digest b)/g; s/:swapped::bytea/$(digest c)/g"; }
cat >"$work/create" <<END
\\set n random(1, 1000000000000)
BEGIN;
SELECT act_as($partner, $service, 'partner', '2026-02-01');
SELECT once_begin('pgbench-000000000' || :n, sha256('x'));
$(block candidate_begin | digests | sed 's/:campaign_id::bigint/1/; s/;/ \\gset/')
$(block candidate_create | digests | sed -E "
    s/:sealed::bytea/decode(repeat('ab', $sealed), 'hex')/g
    s/:wrapped::bytea/decode(repeat('cd', $wrapped), 'hex')/g
    s/:token::text/(overlay(translate(upper(substr(md5('t' || :n), 1, 8)), 'ILOU', 'XYZW') placing '-' from 5 for 0))/g
    s/:campaign_id::bigint/1/g; s/:partner_ref::text/NULL::text/g; s/:document_expires::date/DATE '2031-12-31'/g
    s/:experience_months::int/12/g; s/:languages::text\[\]/'{fr,ar}'::text[]/g
    s/:(permits|habiletes|zone_faults|zone_doubts|typed_differs)::text\[\]/'{}'::text[]/g
    s/:available_from::date/DATE '2026-03-01'/g; s/:available_to::date/DATE '2026-08-31'/g
    s/:now::bigint/1770000000/g; s/:fee_asked::boolean/false/g; s/:fee_amount::numeric/NULL::numeric/g
    s/:(fee_payee|fee_place)::text/NULL::text/g; s/:fee_phone_key::bytea/NULL::bytea/g")
SELECT once_end('pgbench-000000000' || :n, sha256('x'), 201, '/candidates/1', repeat('x', 160));
COMMIT;
END
BENCH_CREATE=1
BENCH_TOKENS=$(token "$partner") BENCH_PATH=/api/v1/candidates
export BENCH_CREATE
versus "candidate create with audit leaf" noria_partner "$work/create" 0.90
unset BENCH_CREATE
