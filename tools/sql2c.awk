# Turns the `-- name: campaign_by_id` blocks of .sql files into an enum (out=h: build/gen/stmt.h) and
# a table (out=c: build/gen/stmt.c, rows of server/db/stmt_table.h).
#
# Below the name may stand `-- class: ofii, partner`: the classes that check-sql prepares the block
# as (ofii when there is none). :name becomes $1, $2, ... and is told apart from ::cast, quoted texts,
# comments and array slices such as [2:3]. A name given twice, an SQL line outside a block, an empty
# block and a second statement in a block are errors.

function fail(why) {
    fail_at(FILENAME ":" FNR, why)
}

function fail_at(place, why) {
    printf "%s: %s\n", place, why > "/dev/stderr"
    failed = 1
    exit 1
}

function escape(text) {
    gsub(/\\/, "\\\\\\\\", text)
    gsub(/"/, "\\\"", text)
    gsub(/\n/, "\\n\"\n    \"", text)
    return text
}

# The number of a parameter of the block, a new one when it is not known yet.
function parameter(name,    i) {
    for (i = 1; i <= nparams; i++) {
        if (params[i] == name) {
            return i
        }
    }
    params[++nparams] = name
    return nparams
}

# A word outside quotes: what the statement does decides which connection may run it.
function see_word(word) {
    word = tolower(word)
    if (word ~ /^(insert|update|delete|merge|copy|lock|call|create|drop|truncate|share)$/) {
        writes = 1
    }
    if (word ~ /^(actor_account|actor_org|actor_role|audit|once_answer)$/) {
        actor = 1
    }
}

# Goes through a line, keeping `quote` (the open quote: ' or " or $tag$ or the comment's end) between
# lines, and appends what PostgreSQL shall get to `text`.
function scan(line,    rest, word, done) {
    done = ""
    while (line != "") {
        if (quote != "") {
            at = index(line, quote)
            if (at == 0) {
                if (quote != "*/") {
                    done = done line
                }
                line = ""
                continue
            }
            rest = substr(line, 1, at + length(quote) - 1)
            line = substr(line, at + length(quote))
            if (quote != "*/") {
                done = done rest
            }
            quote = ""
            continue
        }
        if (match(line, /^--/)) {
            break
        }
        if (match(line, /^\/\*/)) {
            quote = "*/"
            line = substr(line, 3)
            done = done " "
            continue
        }
        if (match(line, /^['"]/)) {
            quote = substr(line, 1, 1)
        } else if (match(line, /^\$[A-Za-z_]*\$/)) {
            quote = substr(line, 1, RLENGTH)
        } else if (match(line, /^::/)) {
        } else if (match(line, /^:[a-z_][a-z0-9_]*/)) {
            word = substr(line, 2, RLENGTH - 1)
            line = substr(line, RLENGTH + 1)
            done = done "$" parameter(word)
            continue
        } else if (match(line, /^:=/)) {
        } else if (match(line, /^[A-Za-z_][A-Za-z0-9_]*/)) {
            see_word(substr(line, 1, RLENGTH))
        } else {
            match(line, /^./)
            if (substr(line, 1, 1) == ";") {
                ended = 1
                line = substr(line, 2)
                continue
            }
        }
        word = substr(line, 1, RLENGTH)
        if (ended && word !~ /^[ \t]$/) {
            fail("the block " name " holds a second statement")
        }
        done = done word
        line = substr(line, RLENGTH + 1)
    }
    sub(/[ \t]+$/, "", done)
    if (done != "" || (quote != "" && quote != "*/")) {
        text = text (text == "" ? "" : "\n") done
    }
}

function finish(    i, list) {
    if (name == "") {
        return
    }
    if (quote != "") {
        fail_at(where, "the block " name " ends inside " quote)
    }
    if (text == "") {
        fail_at(where, "the block " name " is empty")
    }
    list = ""
    for (i = 1; i <= nparams; i++) {
        list = list "\"" params[i] "\", "
    }
    rows[count] = sprintf("{\"%s\", \"%s\",\n    \"%s\",\n    (const char *const[]){%sNULL}, %d, %s%s0u, %s}",
        name, where, escape(text), list, nparams, writes ? "STMT_WRITES | " : "",
        actor ? "STMT_ACTOR | " : "", classes)
    names[count++] = name
}

function set_classes(list,    i, n, words) {
    gsub(/[ \t]/, "", list)
    n = split(list, words, ",")
    classes = "0u"
    for (i = 1; i <= n; i++) {
        if (words[i] !~ /^(employer|partner|ofii|system|public)$/) {
            fail("no such class: " words[i])
        }
        classes = classes " | 1u << DB_" toupper(words[i])
    }
}

BEGIN {
    count = 0
}

/^-- name:/ {
    finish()
    name = $0
    sub(/^-- name:[ \t]*/, "", name)
    sub(/[ \t]+$/, "", name)
    if (name !~ /^[a-z][a-z0-9_]*$/) {
        fail("a block's name is made of a-z, 0-9 and _: " name)
    }
    if (name in seen) {
        fail("the name " name " is already at " seen[name])
    }
    where = FILENAME ":" FNR
    seen[name] = where
    text = ""
    quote = ""
    ended = 0
    nparams = 0
    writes = 0
    actor = 0
    classes = "1u << DB_OFII"
    next
}

FNR == 1 {
    finish()
    name = ""
}

name != "" && quote == "" && /^-- class:/ {
    set_classes(substr($0, index($0, ":") + 1))
    next
}

{
    if (name == "") {
        if ($0 !~ /^[ \t]*(--.*)?$/) {
            fail("SQL before the first -- name: line")
        }
        next
    }
    scan($0)
}

END {
    if (failed) {
        exit 1
    }
    finish()
    if (failed) {
        exit 1
    }
    if (out == "h") {
        print "/* Generated by tools/sql2c.awk: the named statements of all .sql files. */"
        print "#ifndef NORIA_STMT_H\n#define NORIA_STMT_H\n\nenum stmt {"
        for (i = 0; i < count; i++) {
            printf "    Q_%s,\n", toupper(names[i])
        }
        print "    Q_COUNT\n};\n\n#endif"
    } else {
        print "/* Generated by tools/sql2c.awk. */"
        print "#include <stddef.h>\n\n#include \"../../server/db/stmt_table.h\"\n"
        print "const struct stmt_info stmt_table[] = {"
        for (i = 0; i < count; i++) {
            print rows[i] ","
        }
        print "    {NULL, NULL, NULL, NULL, 0, 0u, 0u}};\n\nconst int stmt_count = " count ";"
    }
}
