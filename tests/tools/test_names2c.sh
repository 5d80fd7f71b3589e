#!/bin/bash
# What build/gen/names2c makes of lists of names, and what it refuses.
set -euo pipefail
cd "$(dirname "$0")/../.."
make -s build/gen/names2c
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failures=0

# expect NAME ROWS: the lines given on stdin become these rows.
expect() {
    cat >"$dir/a.names"
    local rows
    rows=$(build/gen/names2c "$dir/a.names" | tr -d '\n') || true
    if [[ $rows != "$2" ]]; then
        echo "FAIL $1: not $2 but $rows"
        failures=$((failures + 1))
    fi
}

# refuse NAME WORDS: it is an error that says so with file and line.
refuse() {
    cat >"$dir/a.names"
    if build/gen/names2c "$dir/a.names" >/dev/null 2>"$dir/err" || ! grep -q ":[0-9]*: .*$2" "$dir/err"; then
        echo "FAIL $1: expected an error about: $2" && sed 's/^/    /' "$dir/err"
        failures=$((failures + 1))
    fi
}

expect 'spellings heard alike are one row' 'ROW("salim", true, 0)' <<'END'
# a comment
one: salim saleem sallim
END
expect 'the name with the more usual spelling is first' \
    'ROW("hamed", true, 1)ROW("hamid", true, 0)ROW("hamid", false, 1)' <<'END'
one: hamid
two: hamed hamid
END
expect 'two may be' 'ROW("hasan", true, 0)ROW("hasan", true, 1)' <<'END'
one: hassan
two: hasan
END
refuse 'a line without colon' 'not of the form' <<'END'
salim saleem
END
refuse 'a name with two lines' 'has a line already' <<'END'
one: salim
two: karim
one: saleem
END
refuse 'a capital' 'letters a to z' <<'END'
one: Salim
END
refuse 'what is no spelling of one word' 'one word' <<'END'
one: سليم
END
refuse 'a spelling that is too long' 'too long' <<'END'
one: abdelmonetimoralokideris
END
refuse 'five names heard alike' 'too many names' <<'END'
one: salim
two: salim
three: saleem
four: sallim
five: salim
END
if build/gen/names2c "$dir/none.names" 2>/dev/null; then
    echo "FAIL a file that is not there: read all the same"
    failures=$((failures + 1))
fi
((failures == 0)) && echo "names2c: all as expected"
