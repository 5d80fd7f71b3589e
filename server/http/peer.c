/* peer.c - who is at the other end: the address of the connection or, behind the proxy that a
 * setting names, the last one of X-Forwarded-For, which that proxy wrote itself. What stands before
 * it came from the client and is not believed. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "../../lib/base/clock.h"
#include "exchange.h"
#include "loop_server.h"
#include "throttle.h"

enum { PREFIX6 = 8 }; /* bytes of an IPv6 address that belong to one subscriber (a /64) */

/* An IPv4 address as ::ffff:a.b.c.d. */
static bool parse(const char *text, struct in6_addr *out) {
    struct in_addr v4;
    if (inet_pton(AF_INET, text, &v4) != 1) {
        return inet_pton(AF_INET6, text, out) == 1;
    }
    memset(out, 0, sizeof *out);
    memset(out->s6_addr + 10, 0xFF, 2);
    memcpy(out->s6_addr + 12, &v4, sizeof v4);
    return true;
}

static bool connected_from(const struct exchange *ex, struct in6_addr *out) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(ex->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char text[INET6_ADDRSTRLEN];
    if (info == NULL || info->client_addr == NULL) {
        return false;
    }
    const void *address = info->client_addr;
    bool four = info->client_addr->sa_family == AF_INET;
    const void *bytes = four ? (const void *)&((const struct sockaddr_in *)address)->sin_addr
                             : (const void *)&((const struct sockaddr_in6 *)address)->sin6_addr;
    return inet_ntop(four ? AF_INET : AF_INET6, bytes, text, sizeof text) != NULL &&
           parse(text, out);
}

/* MHD_lookup_connection_value gives the first of repeated headers, so all are gone through. */
static enum MHD_Result keep_last(void *arg, enum MHD_ValueKind kind, const char *name,
                                 const char *value) {
    const char **last = arg;
    (void)kind;
    if (strcasecmp(name, "X-Forwarded-For") == 0 && value != NULL) {
        *last = value;
    }
    return MHD_YES;
}

static void believe_proxy(const struct exchange *ex, struct in6_addr *address) {
    struct in6_addr proxy;
    struct in6_addr client;
    const char *list = NULL;
    if (ex->server->proxy == NULL || !parse(ex->server->proxy, &proxy) ||
        memcmp(&proxy, address, sizeof proxy) != 0) {
        return;
    }
    (void)MHD_get_connection_values(ex->connection, MHD_HEADER_KIND, keep_last, &list);
    const char *comma = list == NULL ? NULL : strrchr(list, ',');
    struct span last = text_trim(span_of(comma == NULL ? list : comma + 1));
    if (last.len > 0 && parse(arena_copy(ex->req.arena, last.ptr, last.len), &client)) {
        *address = client;
    }
}

static struct span address_of(const struct exchange *ex) {
    struct in6_addr *address = ARENA_NEW(ex->req.arena, struct in6_addr);
    if (connected_from(ex, address)) {
        believe_proxy(ex, address);
    }
    size_t size = IN6_IS_ADDR_V4MAPPED(address) ? sizeof *address : PREFIX6;
    return (struct span){(const char *)address, size};
}

void req_network(const struct req *req, uint8_t hash[NETWORK_HASH]) {
    const struct exchange *ex = exchange_in(req);
    const struct server *server = ex->server->server;
    struct span address = address_of(ex);
    (void)crypto_generichash(hash, NETWORK_HASH, (const unsigned char *)address.ptr, address.len,
                             server->network_key, sizeof server->network_key);
}

static Err take(struct req *req, struct throttle *throttle) {
    struct exchange *ex = exchange_of(req);
    int seconds = throttle_take(throttle, address_of(ex), clock_ticks());
    if (seconds == 0) {
        return OK;
    }
    ex->refused_detail = arena_printf(req->arena, "%d", seconds);
    return ERR_TOO_MANY_REQUESTS;
}

Err req_attempt(struct req *req) {
    return take(req, exchange_of(req)->server->throttle);
}

Err req_ask(struct req *req) {
    return take(req, exchange_of(req)->server->asks);
}

void req_attempt_was_right(struct req *req) {
    const struct exchange *ex = exchange_of(req);
    throttle_give(ex->server->throttle, address_of(ex));
}
