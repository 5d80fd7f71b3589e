/* describe.c - the columns of statements. A column is never null when it is a NOT NULL column of a
 * table that no outer join can leave out, or when its expression cannot be (describe_never_null).
 */
#include "describe.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "direct.h"

struct describer {
    struct arena *arena;
    PGconn *pg;
    const struct described *known[Q_COUNT];
};

static void finish(void *describer) {
    PQfinish(((struct describer *)describer)->pg);
}

Err describer_open(struct arena *arena, const char *url, struct describer **describer) {
    struct describer *made = ARENA_NEW(arena, struct describer);
    made->arena = arena;
    TRY(direct_open(url, &made->pg));
    arena_defer(arena, finish, made);
    *describer = made;
    return OK;
}

/* --- what the text proves -----------------------------------------------------------------------
 */

static bool in_word(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

/* Where `word` stands in the text, alone. */
static const char *find_word(const char *text, const char *word) {
    size_t len = strlen(word);
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        if ((at == text || !in_word(at[-1])) && !in_word(at[len])) {
            return at;
        }
    }
    return NULL;
}

/* The part of the text in front of which nothing makes a row of nulls. */
static const char *outer_join(const char *text) {
    const char *join = strstr(text, "LEFT JOIN");
    return join == NULL ? text + strlen(text) : join;
}

/* Rows of nulls from elsewhere, or of several statements. */
static bool mixes(const char *text) {
    static const char *const words[] = {"UNION", "RIGHT", "FULL",      "ROLLUP",
                                        "CUBE",  "SETS",  "INTERSECT", "EXCEPT"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (find_word(text, words[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* Ends `len` of the text with this word? */
static bool ends_with(const char *text, size_t len, const char *word) {
    size_t size = strlen(word);
    return len >= size && strncasecmp(text + len - size, word, size) == 0 &&
           (len == size || !in_word(text[len - size - 1]) || !in_word(word[0]));
}

static size_t without_space(const char *text, size_t len) {
    while (len > 0 && isspace((unsigned char)text[len - 1])) {
        len--;
    }
    return len;
}

/* Without "::int", "::text[]" at the end. */
static size_t without_cast(const char *text, size_t len) {
    size_t at = len;
    while (at > 0 && (in_word(text[at - 1]) || text[at - 1] == '[' || text[at - 1] == ']')) {
        at--;
    }
    return at > 1 && text[at - 1] == ':' && text[at - 2] == ':' ? at - 2 : len;
}

/* The "(" of the ")" that the text ends with; 0 when there is none. */
static size_t opening(const char *text, size_t len) {
    int depth = 0;
    bool quoted = false;
    while (len-- > 0) {
        quoted = quoted != (text[len] == '\'');
        depth += quoted ? 0 : (text[len] == ')') - (text[len] == '(');
        if (depth == 0 && !quoted) {
            return len;
        }
    }
    return 0;
}

/* After "(", a comma or a SELECT, a literal stands alone. */
static bool literal(const char *text, size_t len) {
    len = without_space(text, without_cast(text, len));
    size_t at = len;
    if (at > 0 && text[at - 1] == '\'') {
        at--;
        while (at > 0 && text[at - 1] != '\'') {
            at--;
        }
        at -= at > 0;
    } else {
        while (at > 0 && isdigit((unsigned char)text[at - 1])) {
            at--;
        }
        at -= at == len && (ends_with(text, len, "true") || ends_with(text, len, "false"))
                  ? (ends_with(text, len, "true") ? strlen("true") : strlen("false"))
                  : 0;
    }
    size_t before = without_space(text, at);
    return at < len && before > 0 && (text[before - 1] == ',' || ends_with(text, before, "SELECT"));
}

/* "count(…)", "count(…) FILTER (…)", "EXISTS (…)", "coalesce(…, 0)", "(SELECT count(…) …)". */
static bool call_never_null(const char *text, size_t len) {
    size_t open = opening(text, len);
    size_t before = without_space(text, open);
    if (ends_with(text, before, "FILTER")) {
        before = without_space(text, before - strlen("FILTER"));
        return before > 0 && text[before - 1] == ')' && call_never_null(text, before);
    }
    if (ends_with(text, before, "count") || ends_with(text, before, "EXISTS") ||
        ends_with(text, before, "NOT NULL")) {
        return true;
    }
    bool alone = before > 0 && (text[before - 1] == ',' || ends_with(text, before, "SELECT"));
    bool counts = alone && strncmp(text + open, "(SELECT count(", 14) == 0 &&
                  memmem(text + open, len - open, "GROUP BY", 8) == NULL;
    return counts || (ends_with(text, before, "coalesce") && literal(text, len - 1));
}

bool describe_never_null(const char *text, const char *name) {
    char as[80];
    (void)snprintf(as, sizeof as, "AS %s", name);
    const char *at = find_word(text, as);
    if (at == NULL || mixes(text) || at > outer_join(text) || find_word(at + 1, as) != NULL) {
        return false;
    }
    size_t len = without_space(text, (size_t)(at - text));
    len = without_space(text, without_cast(text, len));
    if (ends_with(text, len, "IS NULL") || ends_with(text, len, "IS NOT NULL")) {
        return true;
    }
    return len > 0 && (text[len - 1] == ')' ? call_never_null(text, len) : literal(text, len));
}

/* --- what the catalogue proves ------------------------------------------------------------------
 */

/* The table has the column NOT NULL, and stands before any outer join only. */
static bool column_never_null(struct describer *describer, const char *text, Oid table,
                              int column) {
    char oid[16];
    char number[16];
    (void)snprintf(oid, sizeof oid, "%u", table);
    (void)snprintf(number, sizeof number, "%d", column);
    const char *const params[] = {oid, number};
    PGresult *result = direct_run(describer->pg, Q_DESCRIBE_COLUMN, params);
    bool proven = result != NULL && PQntuples(result) == 1 && !mixes(text) &&
                  find_word(outer_join(text), PQgetvalue(result, 0, 0)) == NULL;
    PQclear(result);
    return proven;
}

static const struct described *columns(struct describer *describer, const char *text,
                                       const PGresult *result) {
    int fields = PQnfields(result);
    int shown = 0;
    struct described *list = arena_array(describer->arena, (size_t)fields + 1, sizeof *list);
    for (int i = 0; i < fields; i++) {
        const char *name = PQfname(result, i);
        if (name[0] == '_') {
            continue;
        }
        Oid table = PQftable(result, i);
        bool proven = table == InvalidOid
                          ? describe_never_null(text, name)
                          : column_never_null(describer, text, table, PQftablecol(result, i));
        list[shown++] = (struct described){arena_strdup(describer->arena, name),
                                           column_kind_of(PQftype(result, i)), !proven};
    }
    return list;
}

const struct described *describe(struct describer *describer, enum stmt stmt) {
    const struct stmt_info *info = &stmt_table[stmt];
    if (describer->known[stmt] != NULL) {
        return describer->known[stmt];
    }
    PGresult *made = PQprepare(describer->pg, info->name, info->text, 0, NULL);
    PGresult *result = PQdescribePrepared(describer->pg, info->name);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        direct_tell(info->where, made);
    }
    describer->known[stmt] = columns(describer, info->text, result);
    PQclear(made);
    PQclear(result);
    return describer->known[stmt];
}

int describe_limit(enum stmt stmt) {
    int limit = 0;
    const char *text = stmt_table[stmt].text;
    for (const char *at = strstr(text, "LIMIT "); at != NULL; at = strstr(at + 1, "LIMIT ")) {
        limit = (int)strtol(at + strlen("LIMIT "), NULL, 10);
    }
    return limit;
}

bool describe_counts(enum stmt stmt) {
    return find_word(stmt_table[stmt].text, "_all") != NULL;
}
