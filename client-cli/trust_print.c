#include "trust_print.h"

#include <cjson/cJSON.h>
#include <stdio.h>

#include "../lib/base/arena.h"
#include "../lib/base/date.h"
#include "output.h"

const char *root_fingerprint(struct arena *arena, const struct sw1_key *root) {
    struct span bytes;
    uint8_t digest[32];
    if (sw1_key_write(arena, root, false, &bytes) != OK) {
        return "";
    }
    sw1_sha256(bytes, digest);
    return text_hex(arena, digest, sizeof digest);
}

const char *time_text(struct arena *arena, int64_t seconds) {
    enum { DAY = 86400 };
    struct civil civil = date_civil((date)(seconds / DAY));
    int rest = (int)(seconds % DAY);
    return arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", civil.year, civil.month, civil.day,
                        rest / 3600, rest / 60 % 60, rest % 60);
}

static const char *const purposes[] = {"", "documents", "status"};
static const char *const states[] = {"active", "retired", "compromised"};

static void print_json(struct cli *cli, const struct sw1_key *root, const struct sw1_trust *trust) {
    cJSON *object = cJSON_CreateObject();
    arena_defer(cli->arena, (void (*)(void *))cJSON_Delete, object);
    cJSON_AddStringToObject(object, "root_sha256", root_fingerprint(cli->arena, root));
    cJSON_AddStringToObject(object, "issuer",
                            arena_copy(cli->arena, trust->iss.ptr, trust->iss.len));
    cJSON_AddNumberToObject(object, "sequence", (double)trust->sequence);
    cJSON_AddStringToObject(object, "issued_at", time_text(cli->arena, trust->iat));
    cJSON_AddStringToObject(object, "expires_at", time_text(cli->arena, trust->exp));
    cJSON *list = cJSON_AddArrayToObject(object, "keys");
    for (int i = 0; i < trust->count; i++) {
        const struct sw1_trust_key *key = &trust->keys[i];
        cJSON *row = cJSON_CreateObject();
        cJSON_AddStringToObject(row, "kid", text_hex(cli->arena, sw1_key_kid(key->key), SW1_KID));
        cJSON_AddStringToObject(row, "purpose", purposes[key->purpose]);
        cJSON_AddStringToObject(row, "state", states[key->state]);
        cJSON_AddStringToObject(row, "not_before", time_text(cli->arena, key->not_before));
        cJSON_AddStringToObject(row, "not_after", time_text(cli->arena, key->not_after));
        cJSON_AddItemToArray(list, row);
    }
    char *text = cJSON_PrintUnformatted(object);
    arena_defer(cli->arena, cJSON_free, text);
    puts(text);
}

void trust_print(struct cli *cli, const struct sw1_key *root, const struct sw1_trust *trust) {
    if (cli->json) {
        print_json(cli, root, trust);
        return;
    }
    struct buf issuer;
    buf_init(&issuer, cli->arena, 64);
    buf_safe(&issuer, trust->iss);
    printf("root SHA-256  %s\n", root_fingerprint(cli->arena, root));
    printf("issuer        %s\nsequence      %lld\n", issuer.ptr, (long long)trust->sequence);
    printf("issued        %s\nexpires       %s\n", time_text(cli->arena, trust->iat),
           time_text(cli->arena, trust->exp));
    for (int i = 0; i < trust->count; i++) {
        const struct sw1_trust_key *key = &trust->keys[i];
        printf("key %s  %-9s  %-11s  %s to %s\n",
               text_hex(cli->arena, sw1_key_kid(key->key), SW1_KID), purposes[key->purpose],
               states[key->state], time_text(cli->arena, key->not_before),
               time_text(cli->arena, key->not_after));
    }
}
