/* A write with a cookie must come from our own page: the hidden value is bound to the session, and
 * the browser's own word about where the form stood (Sec-Fetch-Site, Origin) must not contradict.
 */
#include <sodium.h>
#include <string.h>

#include "exchange.h"

enum { CSRF_TEXT = 64 };

static bool same_origin(struct exchange *ex) {
    const char *site = exchange_header(ex, "Sec-Fetch-Site");
    const char *origin = exchange_header(ex, "Origin");
    const char *host = exchange_header(ex, "Host");
    if (site != NULL) {
        return strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
    }
    if (origin == NULL) {
        return true;
    }
    const char *authority = strstr(origin, "://");
    return authority != NULL && host != NULL && strcmp(authority + 3, host) == 0;
}

Err csrf_check(struct exchange *ex) {
    if (ex->req.api) {
        return OK; /* a Bearer token is never sent by a browser on its own */
    }
    if (!same_origin(ex)) {
        return ERR_CSRF;
    }
    if (ex->who.actor.account == 0) {
        return OK; /* nothing to ride on */
    }
    const struct pair *sent = pairs_find(&ex->body.form, "csrf");
    bool good = sent != NULL && sent->value.len == CSRF_TEXT && strlen(ex->who.csrf) == CSRF_TEXT &&
                sodium_memcmp(sent->value.ptr, ex->who.csrf, CSRF_TEXT) == 0;
    return good ? OK : ERR_CSRF;
}
