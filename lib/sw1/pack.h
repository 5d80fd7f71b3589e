/* pack.h - a test session carried in a file to where there is no network, and back.
 *
 * The file is sealed for the assessor who carries it: key from a passphrase by Argon2id, content by
 * libsodium's secretstream (XChaCha20-Poly1305), with the head as associated data, so that no bit
 * of the file can be changed unseen. Inside, the server's own text is signed by its document key.
 * Of the candidates' documents there is only a print of 20 bits, keyed by the pack: enough to tell
 * a wrong document at the seat (1 in a million passes), too little to find the number from it. */
#ifndef NORIA_SW1_PACK_H
#define NORIA_SW1_PACK_H

#include "key.h"

struct arena;

enum {
    PACK_ID = 33 /* 32 hexadecimal digits and a NUL */,
    PACK_PRINT = 6,
    PACK_PLAIN_MAX = 4 << 20
};

/* Seals `plain` under a passphrase; ERR_CRYPTO when memory for Argon2id is missing. */
Err CHECKED pack_seal(struct arena *arena, struct span passphrase, struct span plain,
                      struct span *bytes);

/* Opens a sealed file. ERR_UNREADABLE when it is none; ERR_CRYPTO when the passphrase is another
 * one or any bit was changed. */
Err CHECKED pack_open(struct arena *arena, struct span passphrase, struct span bytes,
                      struct span *plain);

/* The print of a document's number (letters and figures only, in upper case) under a pack. */
void pack_print(const char *pack, const char *number, char print[PACK_PRINT]);

/* Signs the server's text, and looks at a signature, 128 hexadecimal digits. */
Err CHECKED pack_sign(struct arena *arena, const struct sw1_key *key, struct span content,
                      const char **signature);
bool pack_signed(struct arena *arena, const struct sw1_key *key, struct span content,
                 struct span signature);

#endif
