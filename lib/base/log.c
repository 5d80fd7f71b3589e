#include "log.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 1024 };

/* The one setting of the process that is written after start: a level, changed atomically. */
static _Atomic int least = LOG_INFO;

void log_set_level(enum log_level level) {
    atomic_store_explicit(&least, (int)level, memory_order_relaxed);
}

/* Our own words need no escaping; anything else in them is a mistake and is blunted. */
static size_t add_word(char *line, size_t at, const char *word) {
    for (; *word != '\0' && at < LINE - 4; word++) {
        unsigned char c = (unsigned char)*word;
        line[at++] = c < 0x20 || c == '"' || c == '\\' || c >= 0x7F ? '?' : (char)c;
    }
    return at;
}

static size_t add_item(char *line, size_t at, const struct log_item *item) {
    int size = snprintf(line + at, LINE - at, ",\"%s\":", item->key);
    if (size < 0 || (size_t)size + at > LINE - 40) {
        return at;
    }
    at += (size_t)size;
    if (item->word == NULL) {
        return at + (size_t)snprintf(line + at, LINE - at, "%" PRId64, item->number);
    }
    line[at++] = '"';
    at = add_word(line, at, item->word);
    line[at++] = '"';
    return at;
}

void log_event(enum log_level level, const char *event, const struct log_item *items) {
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    if ((int)level < atomic_load_explicit(&least, memory_order_relaxed)) {
        return;
    }
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    char line[LINE];
    char at_text[24];
    strftime(at_text, sizeof at_text, "%Y-%m-%dT%H:%M:%S", &utc);
    int head = snprintf(line, LINE, "{\"at\":\"%s.%03ldZ\",\"level\":\"%s\",\"event\":\"%s\"",
                        at_text, now.tv_nsec / 1000000, levels[level], event);
    size_t size = (size_t)head;
    for (; items->key != NULL && size < LINE - 128; items++) {
        size = add_item(line, size, items);
    }
    line[size++] = '}';
    line[size++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, size);
    (void)written; /* a log that cannot be written has nowhere to say so */
}
