# Labelled pairs of a file arabic,latin,count,native_arabic_hint: every two spellings of one Arabic form
# (is_match true), and every two at most two letters apart of no common form (false). Those of Arabic
# origin only; in the layout of `noria linkage --names`.
BEGIN { FS = "," }

function least(a, b, c) {
    a = a < b ? a : b
    return a < c ? a : c
}

# Letters to change, add or leave out (bytes: one with an accent counts as two).
function letters_apart(a, b,    m, n, i, j, before, now) {
    m = length(a)
    n = length(b)
    for (j = 0; j <= n; j++) {
        before[j] = j
    }
    for (i = 1; i <= m; i++) {
        now[0] = i
        for (j = 1; j <= n; j++) {
            now[j] = least(before[j] + 1, now[j - 1] + 1,
                           before[j - 1] + (substr(a, i, 1) != substr(b, j, 1)))
        }
        for (j = 0; j <= n; j++) {
            before[j] = now[j]
        }
    }
    return before[n]
}

FNR > 1 {
    form[$1, $2] = 1
    if (!($2 in forms)) {
        order[++names] = $2
    }
    forms[$2] = forms[$2] FS $1
    arabic[$2] = arabic[$2] || $4 == "true"
    if ($4 == "true") {
        native[$1] = 1
    }
}

# 2: of one form of Arabic origin, 1: of another one, 0: of none.
function common(a, b,    part, count, i, found) {
    count = split(forms[a], part, FS)
    for (i = 2; i <= count; i++) {
        if ((part[i], b) in form) {
            found = found == 2 || part[i] in native ? 2 : 1
        }
    }
    return found + 0
}

END {
    print "name1,name2,is_match,native_arabic_hint"
    for (i = 1; i <= names; i++) {
        a = order[i]
        for (j = i + 1; j <= names && arabic[a]; j++) {
            b = order[j]
            if (!arabic[b]) {
                continue
            }
            same = common(a, b)
            apart = length(a) - length(b)
            if (same == 2 || (same == 0 && apart <= 2 && apart >= -2 && letters_apart(a, b) <= 2)) {
                print a "," b "," (same == 2 ? "true" : "false") ",true"
            }
        }
    }
}
