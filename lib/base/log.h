/* log.h - one JSON object a line on stderr, without personal data by construction: a value is a
 * number or one of the program's own words, never text that a user sent. */
#ifndef NORIA_BASE_LOG_H
#define NORIA_BASE_LOG_H

#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_item {
    const char *key;
    const char *word; /* NULL: the number counts */
    int64_t number;
};

#define LOG_INT(key, value) ((struct log_item){(key), NULL, (int64_t)(value)})
/* `value`: a route pattern, an error code, a state, a SQLSTATE, a random id: a word of ours. */
#define LOG_WORD(key, value) ((struct log_item){(key), (value), 0})
#define LOG(level, event, ...)                                                                     \
    log_event((level), (event), (const struct log_item[]){__VA_ARGS__ __VA_OPT__(, ){0}})

/* Lines below this level are not written; from the environment variable NORIA_LOG
 * (debug, info, warn, error), read at start. */
void log_set_level(enum log_level level);

/* Writes {"at":…,"level":…,"event":…,items…} in one write(2). `items` ends with a zeroed row. */
void log_event(enum log_level level, const char *event, const struct log_item *items);

#endif
