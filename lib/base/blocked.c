#include "blocked.h"

#include <stdbool.h>
#include <string.h>

enum { WORD_MAX = 64 };

struct name {
    const char *criterion;
    const char *names; /* between spaces, without separators */
};

static const struct name names[] = {
    {"sex",
     " sex sexe sexes gender genre male female man woman men women homme femme hommes femmes "
     "civility civilite title_of_address الجنس النوع ذكر أنثى "},
    {"age",
     " age ages agegroup agerange ageband ageyears birth birthdate birthday birthyear bornon "
     "born dob dateofbirth yearofbirth monthofbirth yob naissance datenaissance "
     "datedenaissance anneenaissance anneedenaissance old young jeune العمر السن تاريخالميلاد "
     "سنةالميلاد "},
    {"marital", " marital maritalstatus maritalstate married single unmarried divorced widowed "
                "spouse husband wife conjoint matrimonial situationmatrimoniale statutmatrimonial "
                "etatcivil marie mariee celibataire متزوج أعزب الحالةالزوجية الحالةالمدنية "},
    {"family", " family familystatus familysituation familysize children childrencount "
               "numberofchildren kids haschildren dependents dependants pregnant pregnancy famille "
               "situationfamiliale situationdefamille enfant enfants nombreenfants nombredenfants "
               "chargesdefamille enceinte grossesse maternity maternite الحالةالعائلية عددالأطفال "
               "أطفال حامل "},
    {"origin",
     " origin origine ethnicity ethnie ethnic race racial tribe tribu religion nationality "
     "nationalite citizenship citoyennete birthplace placeofbirth lieunaissance "
     "lieudenaissance countryofbirth paysdenaissance village hometown douar skincolour "
     "skincolor الأصل العرق الدين الجنسية مكانالميلاد القبيلة "},
};

/* Words around a name that change nothing about what it asks. */
static const char neutral[] =
    " min max from to gte lte gt lt eq ne not in asc desc is by of the filter filters where sort "
    "order orderby candidate candidates worker workers person applicant candidat candidats "
    "candidate "
    "travailleur personne du de la le les des ";

static bool holds(const char *words, const char *word) {
    size_t len = strlen(word);
    for (const char *at = strstr(words, word); at != NULL; at = strstr(at + 1, word)) {
        if (at[-1] == ' ' && at[len] == ' ') {
            return true;
        }
    }
    return false;
}

static const char *criterion_of(const char *word) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (word[0] != '\0' && holds(names[i].names, word)) {
            return names[i].criterion;
        }
    }
    return NULL;
}

static bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

static bool is_separator(char c) {
    unsigned char u = (unsigned char)c;
    bool digit = u >= '0' && u <= '9'; /* seats[0][sex], age1 */
    return u < 0x80 && !is_upper(c) && (digit || u < 'a' || u > 'z');
}

/* French letters without their accents: two bytes of UTF-8 whose first is C3. */
static char plain(unsigned char second) {
    static const struct {
        unsigned char first, last;
        char letter;
    } letters[] = {{0xA0, 0xA5, 'a'}, {0xA7, 0xA7, 'c'}, {0xA8, 0xAB, 'e'},
                   {0xAC, 0xAF, 'i'}, {0xB2, 0xB6, 'o'}, {0xB9, 0xBC, 'u'}};
    unsigned char small = second >= 0x80 && second <= 0x9E ? second + 0x20 : second;
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        if (small >= letters[i].first && small <= letters[i].last) {
            return letters[i].letter;
        }
    }
    return '\0';
}

/* The next word of a name, in small letters; false at the end. A word ends at a separator and
 * before a capital that follows a small letter. */
static bool next_word(struct span *name, char word[WORD_MAX]) {
    size_t at = 0, len = 0;
    while (at < name->len && is_separator(name->ptr[at])) {
        at++;
    }
    bool found = at < name->len;
    for (char before = 'A'; at < name->len && !is_separator(name->ptr[at]); at++) {
        char c = name->ptr[at];
        if (is_upper(c) && !is_upper(before)) {
            break;
        }
        before = c;
        char letter = (unsigned char)c == 0xC3 && at + 1 < name->len
                          ? plain((unsigned char)name->ptr[at + 1])
                          : '\0';
        at += letter != '\0';
        letter = letter != '\0' ? letter : c;
        if (len + 1 < WORD_MAX) {
            word[len++] = is_upper(letter) ? (char)(letter - 'A' + 'a') : letter;
        }
    }
    word[len] = '\0';
    *name = (struct span){name->ptr + at, name->len - at};
    return found;
}

static void append(char text[WORD_MAX], const char *word) {
    size_t have = strlen(text), more = strlen(word);
    if (have + more < WORD_MAX) {
        memcpy(text + have, word, more + 1);
    }
}

const char *blocked_criterion(struct span name) {
    char joined[WORD_MAX] = "", meant[WORD_MAX] = "", word[WORD_MAX];
    while (next_word(&name, word)) {
        append(joined, word);
        if (!holds(neutral, word)) {
            append(meant, word);
        }
    }
    const char *found = criterion_of(joined);
    return found != NULL ? found : criterion_of(meant);
}

const char *blocked_in_list(struct span name, struct span value) {
    static const char lists[] = " sort sortby order orderby fields field columns column select "
                                "include groupby group filter filters by ";
    char joined[WORD_MAX] = "", word[WORD_MAX];
    while (next_word(&name, word)) {
        append(joined, word);
    }
    if (joined[0] == '\0' || !holds(lists, joined)) {
        return NULL;
    }
    const char *found = NULL;
    while (found == NULL && value.len > 0) {
        size_t len = 0;
        while (len < value.len && strchr(", :;|=", value.ptr[len]) == NULL) {
            len++;
        }
        found = blocked_criterion((struct span){value.ptr, len});
        len += len < value.len;
        value = (struct span){value.ptr + len, value.len - len};
    }
    return found;
}

void blocked_unknown(struct faults *faults, const char *name, const char *told) {
    const char *blocked = blocked_criterion(span_of(name));
    (void)fault(faults, told, blocked != NULL ? ERR_CRITERION_BLOCKED : ERR_UNKNOWN_FIELD, blocked);
}
