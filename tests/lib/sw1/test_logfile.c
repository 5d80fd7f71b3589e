/* An exported log that was damaged is found out: each kind of damage a thousand times, on random
 * logs. Controls: the log itself is whole; without a pin, a log cut at an earlier head and a fork
 * by the same key are taken, which is what pins are for. */
#include "lib/sw1/logfile.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/sw1/cbor.h"
#include "lib/sw1/cose.h"
#include "tests/support/check_main.h"

enum { TRIES = 1000, TRIES_A_LOG = 20, LEAVES = 24, HEADS_EVERY = 6, START = 1700000000 };

static struct arena *arena;
static struct sw1_key *key;
static struct sw1_key *other_key;
static unsigned seed = 1;

static void setup(void) {
    arena = arena_new();
    ck_assert_int_eq(sw1_key_generate(arena, &key), OK);
    ck_assert_int_eq(sw1_key_generate(arena, &other_key), OK);
}

static void teardown(void) {
    arena_free(arena);
}

static uint64_t pick(uint64_t below) {
    return (uint64_t)rand_r(&seed) % below;
}

/* A log as its lines: a leaf text, or the seconds at which a head is signed. */
struct line {
    const char *leaf; /* NULL: a head */
    int64_t at;
    const char *head; /* as signed; NULL: to be signed when it is written */
};

struct draft {
    int count;
    struct line line[2 * LEAVES];
};

static const char *leaf_text(int64_t id, int64_t at) {
    return arena_printf(arena,
                        "[%lld, %lld, 7, 3, \"candidate.unseal\", \"candidate\", %d, \"desk\", {}, "
                        "\"%08x\"]",
                        (long long)id, (long long)(at * 1000000 + (int64_t)pick(1000000)),
                        (int)pick(1000), (unsigned)pick(UINT32_MAX));
}

static const char *signed_head(const struct merkle *tree, int64_t at, const struct sw1_key *by) {
    struct sw1_head head = {
        .iss = SPAN_LIT("FR:TEST"), .iat = at, .size = tree->size, .root = merkle_root(tree)};
    struct span bytes;
    ck_assert_int_eq(sw1_head_sign(arena, by, &head, &bytes), OK);
    return text_hex(arena, bytes.ptr, bytes.len);
}

/* The head of all of a draft's leaves. */
static const char *signed_head_of(const struct draft *draft, int64_t at, const struct sw1_key *by) {
    struct merkle tree = {0};
    for (int i = 0; i < draft->count; i++) {
        if (draft->line[i].leaf != NULL) {
            struct merkle_hash hash = merkle_leaf(span_of(draft->line[i].leaf));
            merkle_append(&tree, &hash, NULL, NULL);
        }
    }
    return signed_head(&tree, at, by);
}

/* Signs the heads that are not yet signed. */
static void sign(struct draft *draft) {
    struct merkle tree = {0};
    for (int i = 0; i < draft->count; i++) {
        struct line *line = &draft->line[i];
        if (line->leaf != NULL) {
            struct merkle_hash hash = merkle_leaf(span_of(line->leaf));
            merkle_append(&tree, &hash, NULL, NULL);
        } else if (line->head == NULL) {
            line->head = signed_head(&tree, line->at, key);
        }
    }
}

static struct draft make(void) {
    struct draft draft = {0};
    int64_t now = START;
    for (int i = 0; i < LEAVES; i++) {
        now += (int64_t)pick(1500);
        draft.line[draft.count++] = (struct line){leaf_text(i + 1, now), now, NULL};
        if (i % HEADS_EVERY == HEADS_EVERY - 1) {
            draft.line[draft.count++] = (struct line){NULL, now + 1, NULL};
        }
    }
    sign(&draft);
    return draft;
}

static struct span written(const struct draft *draft) {
    struct buf out;
    buf_init(&out, arena, 8192);
    buf_text(&out, SW1_LOG_FIRST "\n");
    for (int i = 0; i < draft->count; i++) {
        const struct line *line = &draft->line[i];
        buf_printf(&out, "%s %s\n", line->leaf != NULL ? "leaf" : "head",
                   line->leaf != NULL ? line->leaf : line->head);
    }
    return (struct span){out.ptr, out.len};
}

static enum sw1_log_fault judged_by(const struct draft *draft, const struct sw1_logkeys *keys,
                                    struct sw1_log_pin pin) {
    struct sw1_log log = {.keys = keys, .pin = pin};
    return sw1_log_verify(&log, written(draft));
}

static enum sw1_log_fault judged(const struct draft *draft, struct sw1_log_pin pin) {
    struct sw1_logkeys keys = sw1_logkeys_one(key);
    return judged_by(draft, &keys, pin);
}

/* The newest head of a draft, as somebody would have pinned it. */
static struct sw1_log_pin pinned(const struct draft *draft) {
    struct sw1_logkeys keys = sw1_logkeys_one(key);
    struct sw1_log log = {.keys = &keys};
    ck_assert_int_eq(sw1_log_verify(&log, written(draft)), SW1_LOG_WHOLE);
    return (struct sw1_log_pin){log.head.size, log.head.root};
}

static int pick_leaf(const struct draft *draft) {
    int at = 0;
    do {
        at = (int)pick((uint64_t)draft->count);
    } while (draft->line[at].leaf == NULL);
    return at;
}

static void delete_line(struct draft *draft, int at) {
    memmove(&draft->line[at], &draft->line[at + 1],
            sizeof(struct line) * (size_t)(draft->count - at - 1));
    draft->count--;
}

static void insert_line(struct draft *draft, int at, struct line line) {
    memmove(&draft->line[at + 1], &draft->line[at],
            sizeof(struct line) * (size_t)(draft->count - at));
    draft->line[at] = line;
    draft->count++;
}

/* --- the kinds of damage -----------------------------------------------------------------------
 */

static void edit(struct draft *draft) {
    struct line *line = &draft->line[pick_leaf(draft)];
    char *text = arena_strdup(arena, line->leaf);
    text[pick(strlen(text))] ^= (char)(1 << pick(7));
    line->leaf = text;
}

static void delete (struct draft *draft) {
    delete_line(draft, pick_leaf(draft));
}

static void insert(struct draft *draft) {
    int at = pick_leaf(draft);
    insert_line(draft, at, (struct line){leaf_text(1000, draft->line[at].at), 0, NULL});
}

static void reorder(struct draft *draft) {
    int a = pick_leaf(draft);
    int b = pick_leaf(draft);
    while (b == a) {
        b = pick_leaf(draft);
    }
    struct line kept = draft->line[a];
    draft->line[a] = draft->line[b];
    draft->line[b] = kept;
}

/* Any number of lines is missing at the end; at a head, only the pin tells. */
static void truncate_log(struct draft *draft) {
    draft->count = (int)pick((uint64_t)draft->count);
}

/* The keeper of the key signs another history: from some leaf on, everything is different. */
static void fork_log(struct draft *draft) {
    struct line *line = &draft->line[pick_leaf(draft)];
    line->leaf = leaf_text(2000, line->at);
    for (int i = 0; i < draft->count; i++) {
        draft->line[i].head = NULL;
    }
    sign(draft);
}

/* An act that is done now, under a date of long ago, in the newest part of the log, and signed. */
static void backdate(struct draft *draft) {
    int64_t long_ago = START - 2 * SW1_LOG_LAG - (int64_t)pick(1000000);
    int at = draft->count - 1 - (int)pick(HEADS_EVERY);
    draft->line[at > 0 && draft->line[at].leaf != NULL ? at : draft->count - 2].leaf =
        leaf_text(3000, long_ago);
    draft->line[draft->count - 1].head = NULL;
    sign(draft);
}

/* A head of another key. */
static void foreign_head(struct draft *draft) {
    struct merkle tree = {0};
    for (int i = 0; i < draft->count; i++) {
        struct line *line = &draft->line[i];
        if (line->leaf != NULL) {
            struct merkle_hash hash = merkle_leaf(span_of(line->leaf));
            merkle_append(&tree, &hash, NULL, NULL);
        } else {
            line->head = signed_head(&tree, line->at, other_key);
        }
    }
}

static void damaged(void (*damage)(struct draft *draft), bool with_pin) {
    struct draft whole;
    struct sw1_log_pin pin;
    for (int i = 0; i < TRIES; i++) {
        if (i % TRIES_A_LOG == 0) {
            whole = make();
            pin = pinned(&whole);
        }
        struct draft draft = whole;
        damage(&draft);
        enum sw1_log_fault fault = judged(&draft, with_pin ? pin : (struct sw1_log_pin){0});
        ck_assert_msg(fault != SW1_LOG_WHOLE, "try %d was not found", i);
    }
}

START_TEST(an_edit_is_found) {
    damaged(edit, false);
}
END_TEST

START_TEST(a_deletion_is_found) {
    damaged(delete, false);
}
END_TEST

START_TEST(an_insertion_is_found) {
    damaged(insert, false);
}
END_TEST

START_TEST(a_reordering_is_found) {
    damaged(reorder, false);
}
END_TEST

START_TEST(a_cut_is_found) {
    damaged(truncate_log, true);
}
END_TEST

START_TEST(a_fork_is_found) {
    damaged(fork_log, true);
}
END_TEST

START_TEST(a_false_date_is_found) {
    damaged(backdate, false);
}
END_TEST

START_TEST(a_foreign_head_is_found) {
    damaged(foreign_head, false);
}
END_TEST

/* What the pin is for: without it both are taken. */
START_TEST(control_without_a_pin) {
    static const struct sw1_log_pin none = {0};
    struct draft draft = make();
    struct sw1_log_pin pin = pinned(&draft);
    struct draft cut = draft;
    cut.count = HEADS_EVERY + 1;
    ck_assert_int_eq(judged(&cut, none), SW1_LOG_WHOLE);
    ck_assert_int_eq(judged(&cut, pin), SW1_LOG_ROLLBACK);
    struct draft fork = draft;
    fork_log(&fork);
    ck_assert_int_eq(judged(&fork, none), SW1_LOG_WHOLE);
    ck_assert_int_eq(judged(&fork, pin), SW1_LOG_FORK);
    ck_assert_int_eq(judged(&draft, pin), SW1_LOG_WHOLE);
}
END_TEST

/* What the heads are for: leaves without them may say anything. */
START_TEST(control_without_heads) {
    struct draft draft = make();
    struct draft bare = {0};
    for (int i = 0; i < draft.count; i++) {
        if (draft.line[i].leaf != NULL) {
            bare.line[bare.count++] = draft.line[i];
        }
    }
    edit(&bare);
    bare.line[bare.count++] = (struct line){NULL, draft.line[draft.count - 1].at, NULL};
    sign(&bare);
    ck_assert_int_eq(judged(&bare, (struct sw1_log_pin){0}), SW1_LOG_WHOLE);
    ck_assert_int_eq(judged(&bare, pinned(&draft)), SW1_LOG_FORK);
}
END_TEST

static struct span certificate(const struct sw1_key *root, const struct sw1_logkeys *keys) {
    struct span bytes;
    ck_assert_int_eq(sw1_logkeys_write(arena, root, SPAN_LIT("FR:TEST"), START, keys, &bytes), OK);
    return bytes;
}

START_TEST(the_key_is_certified_by_the_root) {
    struct sw1_key *root;
    struct sw1_logkeys keys = sw1_logkeys_one(key);
    struct sw1_logkeys read;
    struct span bytes;
    ck_assert_int_eq(sw1_key_generate(arena, &root), OK);
    for (int rotated = 0; rotated < 2; rotated++) {
        bytes = certificate(root, &keys);
        ck_assert(sw1_logkeys_read(arena, bytes, root, &read));
        ck_assert(read.count == keys.count &&
                  sw1_key_same(sw1_logkeys_newest(&read), sw1_logkeys_newest(&keys)));
        ck_assert(!sw1_logkeys_read(arena, bytes, other_key, &read));
        char *changed = arena_copy(arena, bytes.ptr, bytes.len);
        for (size_t i = 0; i < bytes.len; i++) {
            changed[i] ^= 1;
            ck_assert(!sw1_logkeys_read(arena, (struct span){changed, bytes.len}, root, &read));
            changed[i] ^= 1;
        }
        ck_assert_int_eq(sw1_logkeys_add(&keys, other_key, START + 5), OK);
    }
    while (keys.count < SW1_LOGKEYS_MAX) {
        ck_assert_int_eq(sw1_logkeys_add(&keys, key, START + keys.count), OK);
    }
    ck_assert_int_eq(sw1_logkeys_add(&keys, key, START), ERR_LIMIT);
    ck_assert(sw1_logkeys_read(arena, certificate(root, &keys), root, &read));
    ck_assert_int_eq(read.count, SW1_LOGKEYS_MAX);
    ck_assert_int_eq(read.of[1].until, keys.of[1].until);
}
END_TEST

static void begin_claims(struct cbor_writer *writer) {
    cbor_write_init(writer, arena, 256);
    cbor_write_map(writer);
    cbor_write_key(writer, 1);
    cbor_write_text(writer, SPAN_LIT("FR:TEST"));
    cbor_write_key(writer, 6);
    cbor_write_uint(writer, START);
}

/* Claims of a certificate whose older keys are `pairs` of something, each `parts` long. */
static bool older_are_read(uint64_t pairs, uint64_t parts, bool until, bool keys) {
    struct cbor_writer writer;
    struct sw1_logkeys read;
    struct span public;
    struct span bytes;
    ck_assert_int_eq(sw1_key_write(arena, key, false, &public), OK);
    begin_claims(&writer);
    cbor_write_key(&writer, -70032);
    cbor_write_bytes(&writer, public);
    cbor_write_key(&writer, -70033);
    cbor_write_array(&writer, pairs);
    for (uint64_t i = 0; i < pairs; i++) {
        cbor_write_array(&writer, parts);
        cbor_write_bytes(&writer, keys ? public : SPAN_LIT("no key"));
        for (uint64_t part = 1; part < parts; part++) {
            until ? cbor_write_uint(&writer, START) : cbor_write_text(&writer, SPAN_LIT("x"));
        }
    }
    cbor_write_end(&writer);
    ck_assert_int_eq(cose_sign(arena, other_key, SW1_LOGKEY_TYP, cbor_written(&writer), &bytes),
                     OK);
    return sw1_logkeys_read(arena, bytes, other_key, &read);
}

START_TEST(older_keys_have_their_time) {
    ck_assert(older_are_read(1, 2, true, true));
    ck_assert(!older_are_read(0, 2, true, true));
    ck_assert(!older_are_read(1, 1, true, true));
    ck_assert(!older_are_read(1, 3, true, true));
    ck_assert(!older_are_read(1, 2, false, true));
    ck_assert(!older_are_read(1, 2, true, false));
    ck_assert(!older_are_read(SW1_LOGKEYS_MAX, 2, true, true));
}
END_TEST

/* A log whose key was replaced: both keys' heads hold, each in its time. */
START_TEST(a_replaced_key_signs_no_longer) {
    struct draft draft = make();
    struct sw1_logkeys keys = sw1_logkeys_one(key);
    struct sw1_log_pin pin = pinned(&draft);
    int64_t handed = draft.line[draft.count - 1].at;
    draft.line[draft.count++] = (struct line){leaf_text(LEAVES + 1, handed + 9), handed + 9, NULL};
    draft.line[draft.count++] = (struct line){NULL, handed + 9, NULL};
    for (int by_new = 0; by_new < 2; by_new++) {
        draft.line[draft.count - 1].head =
            signed_head_of(&draft, handed + 9, by_new ? other_key : key);
        keys = sw1_logkeys_one(key);
        ck_assert_int_eq(judged_by(&draft, &keys, pin), by_new ? SW1_LOG_BAD_HEAD : SW1_LOG_WHOLE);
        ck_assert_int_eq(sw1_logkeys_add(&keys, other_key, handed + 5), OK);
        ck_assert_int_eq(judged_by(&draft, &keys, pin), by_new ? SW1_LOG_WHOLE : SW1_LOG_BAD_HEAD);
        /* Control: no end of the old key's time, and its head after that is taken. */
        keys.of[0].until = INT64_MAX;
        ck_assert_int_eq(judged_by(&draft, &keys, pin), SW1_LOG_WHOLE);
    }
}
END_TEST

/* A head's claims signed by the right key, with a root of `length` bytes; 0: none. */
static bool head_is_read(size_t length) {
    static const char zeros[64];
    struct cbor_writer writer;
    struct sw1_head head;
    struct span bytes;
    begin_claims(&writer);
    cbor_write_key(&writer, -70030);
    cbor_write_uint(&writer, 3);
    if (length > 0) {
        cbor_write_key(&writer, -70031);
        cbor_write_bytes(&writer, (struct span){zeros, length});
    }
    cbor_write_end(&writer);
    ck_assert_int_eq(cose_sign(arena, key, SW1_HEAD_TYP, cbor_written(&writer), &bytes), OK);
    struct sw1_logkeys keys = sw1_logkeys_one(key);
    return sw1_head_read(arena, bytes, &keys, &head);
}

START_TEST(a_head_has_a_whole_root) {
    ck_assert(head_is_read(MERKLE_HASH));
    ck_assert(!head_is_read(0));
    ck_assert(!head_is_read(MERKLE_HASH - 1));
    ck_assert(!head_is_read(MERKLE_HASH + 1));
}
END_TEST

START_TEST(a_line_that_is_no_head) {
    static const char *const lines[] = {"head 0", "head zz", "head", "tail 00", ""};
    struct sw1_logkeys keys = sw1_logkeys_one(key);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct sw1_log log = {.keys = &keys};
        ck_assert_int_eq(sw1_log_line(&log, arena, SPAN_LIT(SW1_LOG_FIRST)), SW1_LOG_WHOLE);
        ck_assert_msg(sw1_log_line(&log, arena, span_of(lines[i])) == SW1_LOG_BAD_LINE, "%s",
                      lines[i]);
    }
    struct sw1_log log = {.keys = &keys};
    (void)sw1_log_line(&log, arena, SPAN_LIT(SW1_LOG_FIRST));
    ck_assert_int_eq(sw1_log_line(&log, arena, SPAN_LIT("head 00")), SW1_LOG_BAD_HEAD);
}
END_TEST

START_TEST(each_fault_has_its_word) {
    ck_assert_str_eq(sw1_log_word(SW1_LOG_WHOLE), "whole");
    ck_assert_str_eq(sw1_log_word(SW1_LOG_BAD_LINE), "bad_line");
    ck_assert_str_eq(sw1_log_word(SW1_LOG_BAD_HEAD), "bad_head");
    ck_assert_str_eq(sw1_log_word(SW1_LOG_OTHER), "other");
    ck_assert_str_eq(sw1_log_word(SW1_LOG_NO_HEAD), "no_head");
    ck_assert_str_eq(sw1_log_word(SW1_LOG_BACKDATED), "backdated");
    ck_assert_str_eq(sw1_log_word(SW1_LOG_ROLLBACK), "rollback");
    ck_assert_str_eq(sw1_log_word(SW1_LOG_FORK), "fork");
}
END_TEST

CHECK_MAIN_FOR("sw1/logfile", setup, teardown, 120, an_edit_is_found, a_deletion_is_found,
               an_insertion_is_found, a_reordering_is_found, a_cut_is_found, a_fork_is_found,
               a_false_date_is_found, a_foreign_head_is_found, control_without_a_pin,
               control_without_heads, the_key_is_certified_by_the_root, older_keys_have_their_time,
               a_replaced_key_signs_no_longer, a_head_has_a_whole_root, a_line_that_is_no_head,
               each_fault_has_its_word)
