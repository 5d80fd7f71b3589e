/* identity.c - the identity record: its field table and its packed form (see seal.h). */
#include <sodium.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "seal.h"

static const char *const sexes[] = {"F", "M", "X", NULL};

#define TEXT(name, max, label)                                                                     \
    { #name, F_TEXT, offsetof(struct identity, name), 1, (max), 0, NULL, (label) }

const struct field identity_fields[] = {
    TEXT(surname, 80, "Surname"),
    TEXT(given_names, 80, "Given names"),
    TEXT(native_surname, 80, "Surname in the country's script"),
    TEXT(native_given_names, 80, "Given names in the country's script"),
    TEXT(father_name, 80, "Father's name"),
    {"sex", F_CHOICE, offsetof(struct identity, sex), 0, 0, 0, sexes, "Sex"},
    {"birth_date", F_DATE, offsetof(struct identity, birth_date), 0, 0, 0, NULL, "Date of birth"},
    TEXT(birth_place, 80, "Place of birth"),
    TEXT(nationality, 3, "Nationality"),
    TEXT(document_issuer, 3, "Issuing state"),
    TEXT(document_number, 32, "Passport number"),
    {"document_expires", F_DATE, offsetof(struct identity, document_expires), 0, 0, 0, NULL,
     "Passport valid until"},
    {"mrz", F_NOTE, offsetof(struct identity, mrz), 60, 140, 0, NULL, "Machine readable zone"},
    TEXT(phone, 30, "Telephone"),
    FIELD_END,
};

/* Tags of the packed form; a tag is never given to another field. */
static const struct {
    uint8_t tag;
    const char *field;
} tags[] = {{1, "surname"},
            {2, "given_names"},
            {3, "native_surname"},
            {4, "native_given_names"},
            {5, "father_name"},
            {6, "sex"},
            {7, "birth_date"},
            {8, "birth_place"},
            {9, "nationality"},
            {10, "document_issuer"},
            {11, "document_number"},
            {12, "document_expires"},
            {13, "mrz"},
            {14, "phone"}};

enum { TAGS = sizeof(tags) / sizeof(tags[0]) };

/* tag, two bytes of length, text, NUL: one after another in the order of tags. */
static void pack_text(struct buf *out, uint8_t tag, const char *text) {
    size_t size = strlen(text) + 1;
    const uint8_t head[3] = {tag, (uint8_t)(size >> 8), (uint8_t)size};
    buf_add(out, head, sizeof(head));
    buf_add(out, text, size);
}

void identity_pack(const struct identity *identity, struct buf *out) {
    for (int i = 0; i < TAGS; i++) {
        const struct field *field = field_find(identity_fields, tags[i].field);
        const void *member = (const char *)identity + field->offset;
        if (field->kind == F_DATE) {
            date day = *(const date *)member;
            char text[DATE_TEXT];
            if (day != DATE_NONE) {
                date_format(day, text);
                pack_text(out, tags[i].tag, text);
            }
        } else {
            const char *text = *(const char *const *)member;
            if (text != NULL) {
                pack_text(out, tags[i].tag, text);
            }
        }
    }
}

static Err unpack_field(const struct field *field, const char *text, size_t size,
                        struct identity *identity) {
    void *member = (char *)identity + field->offset;
    if (text[size - 1] != '\0' || strlen(text) != size - 1) {
        return ERR_CRYPTO;
    }
    if (field->kind != F_DATE) {
        *(const char **)member = text;
        return OK;
    }
    return date_parse((struct span){text, size - 1}, member) ? OK : ERR_CRYPTO;
}

Err identity_unpack(struct span bytes, struct identity *identity) {
    struct identity out = {.birth_date = DATE_NONE, .document_expires = DATE_NONE};
    const uint8_t *at = (const uint8_t *)bytes.ptr;
    size_t left = bytes.len;
    int next = 0;
    while (left > 0) {
        if (left < 4) {
            return ERR_CRYPTO;
        }
        size_t size = (size_t)at[1] << 8 | at[2];
        while (next < TAGS && tags[next].tag != at[0]) {
            next++;
        }
        if (next == TAGS || size == 0 || size > left - 3) {
            return ERR_CRYPTO;
        }
        TRY(unpack_field(field_find(identity_fields, tags[next].field), (const char *)at + 3, size,
                         &out));
        at += 3 + size;
        left -= 3 + size;
        next++;
    }
    *identity = out;
    return OK;
}

static struct seal_owner worker_owner(int64_t worker) {
    return (struct seal_owner){"worker", worker};
}

void identity_seal(const struct seal *seal, struct arena *arena, int64_t worker,
                   const struct identity *identity, struct span *sealed,
                   uint8_t wrapped[SEAL_WRAPPED]) {
    const struct seal_owner owner = worker_owner(worker);
    struct seal_key key;
    struct buf plain;
    struct buf box;
    buf_init(&plain, arena, 512);
    buf_init(&box, arena, 512 + SEAL_OVERHEAD);
    identity_pack(identity, &plain);
    seal_key_new(seal, &owner, &key, wrapped);
    seal_put(&key, "identity", worker, (struct span){plain.ptr, plain.len}, &box);
    seal_key_wipe(&key);
    sodium_memzero(plain.ptr, plain.len);
    *sealed = (struct span){box.ptr, box.len};
}

Err identity_unseal(const struct seal *seal, struct arena *arena, int64_t worker,
                    struct span wrapped, struct span sealed, struct identity *identity) {
    const struct seal_owner owner = worker_owner(worker);
    struct span plain;
    TRY(seal_open(seal, &owner, wrapped, "identity", worker, sealed, arena, &plain));
    return identity_unpack(plain, identity);
}
