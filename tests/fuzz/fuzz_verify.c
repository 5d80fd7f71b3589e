/* The verifier on anything. The first byte chooses what the rest is: the text of a document, COSE
 * bytes, or claims that the right key signs, so that the code behind the signature is reached. A
 * text that nobody signed is never valid. */
#include <stdint.h>
#include <stdlib.h>

#include "../../lib/sw1/base45.h"
#include "../support/sw1_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Made once: keys and lists cost more than a run. */
struct world {
    struct sw1_fixture fixture;
    struct sw1_verifier *verifier;
};

static const struct world *the_world(void) {
    static struct world world;
    if (world.verifier == NULL) {
        sw1_fixture_init(&world.fixture, arena_new());
        world.verifier = sw1_fixture_verifier(&world.fixture);
    }
    return &world;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct world *world = the_world();
    if (size == 0) {
        return 0;
    }
    struct arena *arena = arena_new();
    struct sw1_fixture scratch = world->fixture;
    scratch.arena = arena;
    struct span rest = {(const char *)data + 1, size - 1};
    struct sw1_answer answer;
    bool signed_here = data[0] % 4 == 0;
    struct span text = data[0] % 4 == 1 ? rest : sw1_fixture_wrap(&scratch, rest);
    if (signed_here && rest.len < 4096) {
        text = sw1_fixture_payload(&scratch, rest);
    }
    sw1_verify(world->verifier, arena, text, FIXTURE_NOW, &answer);
    if (!signed_here && (answer.code == SW1_VALID || answer.shown)) {
        abort();
    }
    if (answer.shown) {
        /* What was accepted is what would be written: one encoding of each document, except for
         * claims that the profile does not name. */
        const char *wrong = sw1_claims_check(&answer.claims);
        if (wrong == NULL) {
            (void)sw1_claims_write(arena, &answer.claims);
        }
    }
    arena_free(arena);
    return 0;
}
