#include "refusal.h"

#include <string.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/text.h"
#include "format.h"

struct words {
    struct buf out;
    enum lang lang;
    struct span kind; /* of labels; empty when the sentence names none */
};

/* Where the next separator stands in `text`, and which; NULL at the last piece. */
static const char *next_separator(const char *text, const char **separator) {
    static const char *const separators[] = {", ", ": ", " > ", " – "};
    const char *first = NULL;
    for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++) {
        const char *at = strstr(text, separators[i]);
        if (at != NULL && (first == NULL || at < first)) {
            first = at;
            *separator = separators[i];
        }
    }
    return first;
}

/* The translation of `msgid`, NULL when the catalogues have none. */
static const char *known(enum lang lang, const char *msgid) {
    const char *text = tr(lang, msgid);
    return text == msgid ? NULL : text;
}

static void put_word(struct words *words, struct span piece) {
    struct arena *arena = words->out.arena;
    const char *word = arena_copy(arena, piece.ptr, piece.len);
    const char *text = NULL;
    if (words->kind.len > 0) {
        text = known(words->lang,
                     arena_printf(arena, "%.*s:%s", (int)words->kind.len, words->kind.ptr, word));
    }
    text = text != NULL ? text : known(words->lang, word);
    buf_text(&words->out, text != NULL ? text : word);
}

static void put_piece(struct words *words, struct span piece) {
    if (span_is(words->kind, "date")) {
        size_t before = words->out.len;
        format_date(&words->out, words->lang, piece);
        struct span shown = {words->out.ptr + before, words->out.len - before};
        if (!span_equal(shown, piece)) {
            return;
        }
        words->out.len = before;
    }
    size_t digits = strspn(piece.ptr, "0123456789");
    if (digits > 0 && digits + 1 < piece.len && piece.ptr[digits] == ' ') {
        buf_add(&words->out, piece.ptr, digits + 1);
        piece = (struct span){piece.ptr + digits + 1, piece.len - digits - 1};
    }
    put_word(words, piece);
}

static void put_detail(struct words *words, const char *detail) {
    const char *separator = "";
    for (const char *end; (end = next_separator(detail, &separator)) != NULL;) {
        put_piece(words, (struct span){detail, (size_t)(end - detail)});
        bool spaced = words->lang == LANG_FR && separator[0] == ':';
        buf_text(&words->out, spaced ? "\u00a0: " : separator);
        detail = end + strlen(separator);
    }
    put_piece(words, span_of(detail));
}

const char *refusal_sentence(struct arena *arena, enum lang lang, Err err, const char *detail) {
    const char *sentence = tr(lang, err_sentence(err));
    struct err_hole hole;
    if (!err_hole(sentence, &hole)) {
        return sentence;
    }
    struct words words = {.lang = lang, .kind = {hole.kind, hole.kind_len}};
    buf_init(&words.out, arena, strlen(sentence) + 64);
    buf_add(&words.out, sentence, hole.at);
    if (detail != NULL && detail[0] != '\0') {
        put_detail(&words, detail);
    }
    buf_text(&words.out, sentence + hole.end);
    return words.out.ptr;
}
