/* names_latin.c - Latin letters with diacritics as plain letters. */
#include "names.h"

#include <string.h>

/* Two letters (the second may be a space) for each code point; two spaces for what is no letter.
 * Made from the canonical decompositions of Unicode; c with cedilla stands for s, as in French. */
static const char latin_1_to_b[] = /* U+00C0 to U+024F */
    "a a a a a a aes e e e e i i i i d n o o o o o   o u u u u y thss"
    "a a a a a a aes e e e e i i i i d n o o o o o   o u u u u y thy "
    "a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g "
    "g g g g h h h h i i i i i i i i i i ijijj j k k k l l l l l l l "
    "l l l n n n n n n n n n o o o o o o oeoer r r r r r s s s s s s "
    "shsht t t t t t u u u u u u u u u u u u w w y y y z z z z z z s "
    "  b                 d         e                 k k             "
    "o o                           u u                               "
    "        dzdzdzljljljnjnjnja a i i o o u u u u u u u u u u   a a "
    "a a aeae    g g k k o o o o     j dzdzdzg g     n n a a aeaeo o "
    "a a a a e e e e i i i i o o o o r r r r u u u u s s t t     h h "
    "            a a e e o o o o o o o o y y                         "
    "                                ";

static const char latin_additional[] = /* U+1E00 to U+1EFF */
    "a a b b b b b b c c d d d d d d d d d d e e e e e e e e e e f f "
    "g g h h h h h h h h h h i i i i k k k k k k l l l l l l l l m m "
    "m m m m n n n n n n n n o o o o o o o o p p p p r r r r r r r r "
    "s s s s s s s s s s t t t t t t t t u u u u u u u u u u v v v v "
    "w w w w w w w w w w x x x x y y z z z z z z h t w y   s     ss  "
    "a a a a a a a a a a a a a a a a a a a a a a a a e e e e e e e e "
    "e e e e e e e e i i i i o o o o o o o o o o o o o o o o o o o o "
    "o o o o u u u u u u u u u u u u u u y y y y y y y y             ";

size_t names_latin(uint32_t code_point, char out[2]) {
    const char *pair = NULL;
    if ((code_point >= 'a' && code_point <= 'z') || (code_point >= 'A' && code_point <= 'Z')) {
        out[0] = (char)(code_point | 0x20);
        return 1;
    }
    if (code_point >= 0xC0 && code_point <= 0x24F) {
        pair = latin_1_to_b + 2 * (code_point - 0xC0);
    } else if (code_point >= 0x1E00 && code_point <= 0x1EFF) {
        pair = latin_additional + 2 * (code_point - 0x1E00);
    }
    if (pair == NULL || pair[0] == ' ') {
        return 0;
    }
    memcpy(out, pair, 2);
    return pair[1] == ' ' ? 1 : 2;
}
