/* weak.h - which passwords are guessed first: words of the context, common words and sequences with
 * what people put around them. Pure. The rules are told in docs/operations.md. */
#ifndef NORIA_WEAK_H
#define NORIA_WEAK_H

#include "../../lib/base/err.h"

struct arena;
struct faults;

enum {
    WEAK_LEFT = 8,     /* characters that must be left without the words of the context */
    WEAK_DIFFERENT = 5 /* different characters that a password has at least */
};

/* A fault on "password": ERR_PASSWORD_CONTEXT when fewer than WEAK_LEFT characters are left without
 * the words of `email`, `name`, `org` (each may be NULL) and of the service; ERR_PASSWORD_COMMON
 * when it is one common word, however decorated, or repeated; a row of the keyboard, the alphabet
 * or of figures; or has fewer than WEAK_DIFFERENT different characters. */
Err CHECKED password_weak(struct arena *arena, const char *password, const char *email,
                          const char *name, const char *org, struct faults *faults);

#endif
