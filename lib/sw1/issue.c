#include "issue.h"

#include "../base/arena.h"
#include "base45.h"
#include "cose.h"

Err sw1_issue(struct arena *arena, const struct sw1_key *key, const struct sw1_claims *claims,
              struct span *text) {
    if (sw1_claims_check(claims) != NULL) {
        return ERR_DOCUMENT_CLAIMS;
    }
    struct span cose;
    TRY(cose_sign(arena, key, NULL, sw1_claims_write(arena, claims), &cose));
    struct span body = base45_encode(arena, cose);
    struct buf out;
    buf_init(&out, arena, sizeof SW1_PREFIX + body.len);
    buf_text(&out, SW1_PREFIX);
    buf_add(&out, body.ptr, body.len);
    *text = (struct span){out.ptr, out.len};
    return OK;
}
