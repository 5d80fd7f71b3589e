#!/bin/bash
# What tools/sql2c.awk makes of .sql files, and what it refuses.
# shellcheck disable=SC2016 # $1 and :name are SQL, not shell
set -euo pipefail
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failures=0

make_c() {
    awk -v out=c -f tools/sql2c.awk "$@" /dev/null 2>"$dir/err"
}

# expect NAME PATTERN: the text given on stdin becomes C that holds the pattern.
expect() {
    cat >"$dir/a.sql"
    if ! make_c "$dir/a.sql" | tr '\n' ' ' | grep -qF -- "$2"; then
        echo "FAIL $1: no $2 in:" && make_c "$dir/a.sql" | sed 's/^/    /'
        failures=$((failures + 1))
    fi
}

# refuse NAME WORDS: it is an error that says so with file and line.
refuse() {
    cat >"$dir/a.sql"
    if make_c "$dir/a.sql" >/dev/null || ! grep -q "a.sql:[0-9]*: .*$2" "$dir/err"; then
        echo "FAIL $1: expected an error about: $2" && sed 's/^/    /' "$dir/err"
        failures=$((failures + 1))
    fi
}

expect 'parameters are numbered by name' 'WHERE a = $1 AND b = $2 AND c = $1' <<'END'
-- name: foo
SELECT 1 WHERE a = :a AND b = :b AND c = :a
END
expect 'their names are kept' '{"a", "b", NULL}, 2' <<'END'
-- name: foo
SELECT 1 WHERE a = :a AND b = :b AND c = :a
END
expect 'casts are not parameters' 'SELECT $1::text, x::date' <<'END'
-- name: foo
SELECT :day::text, x::date
END
expect 'quoted texts are left alone' "':no ''it''s :no' || \\\":no\\\" || \$1" <<'END'
-- name: foo
SELECT ':no ''it''s :no' || ":no" || :yes
END
expect 'dollar quotes are left alone' '$$ :no -- not a comment $$ || $1' <<'END'
-- name: foo
SELECT $$ :no -- not a comment $$ || :yes
END
expect 'comments go' '"SELECT 1\n"     " + 2"' <<'END'
-- name: foo
SELECT 1 -- :no
/* :no
   :no */ + 2;
END
expect 'a comment of several lines keeps none of its own' ' + 2"' <<'END'
-- name: foo
SELECT 1 /* ' */ + 2
END
expect 'array slices are not parameters' 'SELECT a[2:3]' <<'END'
-- name: foo
SELECT a[2:3]
END
expect 'backslashes survive' 'SELECT E' <<'END'
-- name: foo
SELECT E'\\d'
END
expect 'backslashes are escaped for C' "'\\\\d'" <<'END'
-- name: foo
SELECT '\d'
END
expect 'writes are known' 'STMT_WRITES' <<'END'
-- name: foo
WITH x AS (insert INTO t VALUES (1) RETURNING id) SELECT id FROM x
END
expect 'reads are not writes' '0, 0u, 1u << DB_OFII}' <<'END'
-- name: foo
SELECT 'INSERT', "update", updated_at FROM t
END
expect 'statements that ask who acts are known' 'STMT_ACTOR' <<'END'
-- name: foo
SELECT 1 WHERE org = actor_org()
END
expect 'classes' '0u | 1u << DB_OFII | 1u << DB_PARTNER' <<'END'
-- name: foo
-- class: ofii, partner
SELECT 1
END
expect 'the place is kept' 'a.sql:3"' <<'END'
-- About this file.

-- name: foo
SELECT 1
END
refuse 'a name twice' 'already at' <<'END'
-- name: foo
SELECT 1
-- name: foo
SELECT 2
END
refuse 'SQL without a name' 'before the first' <<'END'
SELECT 1;
END
refuse 'an empty block' 'is empty' <<'END'
-- name: foo
-- name: bar
SELECT 1
END
refuse 'two statements' 'second statement' <<'END'
-- name: foo
SELECT 1;
SELECT 2;
END
refuse 'a bad name' 'name is made of' <<'END'
-- name: Foo-Bar
SELECT 1
END
refuse 'an unknown class' 'no such class' <<'END'
-- name: foo
-- class: boss
SELECT 1
END
refuse 'a quote that stays open' 'ends inside' <<'END'
-- name: foo
SELECT 'open
END
((failures == 0)) && echo "sql2c: all as expected"
exit $((failures > 0))
