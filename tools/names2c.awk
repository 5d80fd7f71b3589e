# Turns the lines `name: spelling spelling ...` of server/screening/known/*.names into rows of the table
# of server/screening/names_known.c: {"spelling", number of the name}, to be sorted by `LC_ALL=C sort`,
# after which they stand in the order of strcmp.
#
# Refused: a line of another form, a name given twice, a spelling of other than 2 to 15 letters a to z
# or given twice in a line, and one that stands for more than four names (NAMES_FORMS).

function fail(why) {
    printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"
    failed = 1
    exit 1
}

/^#/ { next }

!/^[^:#]+:( [a-z]+)+$/ { fail("not of the form `name: spelling spelling`") }

{
    split($0, part, ": ")
    if (part[1] in number) {
        fail("the name " part[1] " has a line already")
    }
    number[part[1]] = ++names
    count = split(part[2], spelling, " ")
    for (i = 1; i <= count; i++) {
        one = spelling[i]
        if (length(one) < 2 || length(one) > 15) {
            fail(one " has not 2 to 15 letters")
        }
        if ((one, names) in seen) {
            fail(one " stands twice in the line")
        }
        seen[one, names] = 1
        if (++stands[one] > 4) {
            fail(one " stands for more than four names")
        }
        printf "{\"%s\", %d},\n", one, names
    }
}

END {
    if (!failed && names == 0) {
        print "names2c.awk: no names" > "/dev/stderr"
        exit 1
    }
}
