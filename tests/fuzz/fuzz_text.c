/* The text of a document on anything, by a verifier with lists in force. A text that nobody signed
 * is never valid, and nothing of it is shown. */
#include <stdint.h>
#include <stdlib.h>

#include "../support/sw1_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Made once: keys and lists cost more than a run. */
struct world {
    struct sw1_fixture fixture;
    struct sw1_verifier *verifier;
    struct arena *arena;
};

static const struct world *the_world(void) {
    static struct world world;
    if (world.verifier == NULL) {
        sw1_fixture_init(&world.fixture, arena_new());
        world.verifier = sw1_fixture_verifier(&world.fixture);
        world.arena = arena_new();
    }
    return &world;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct world *world = the_world();
    struct sw1_answer answer;
    sw1_verify(world->verifier, world->arena, (struct span){(const char *)data, size}, FIXTURE_NOW,
               &answer);
    if (answer.code == SW1_VALID || answer.shown) {
        abort();
    }
    arena_reset(world->arena);
    return 0;
}
