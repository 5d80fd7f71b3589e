/* Trust lists and status lists on anything: as they come (never taken, nobody signed them), and as
 * claims that the right key signs. */
#include <stdint.h>
#include <stdlib.h>

#include "../../lib/sw1/status_keys.h"
#include "../support/sw1_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct sw1_fixture *the_fixture(void) {
    static struct sw1_fixture fixture;
    if (fixture.arena == NULL) {
        sw1_fixture_init(&fixture, arena_new());
    }
    return &fixture;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct sw1_fixture *fixture = the_fixture();
    if (size == 0) {
        return 0;
    }
    struct arena *arena = arena_new();
    struct span rest = {(const char *)data + 1, size - 1};
    struct sw1_trust trust;
    struct sw1_status_list list;
    if (sw1_trust_read(arena, rest, fixture->root, &trust) ||
        sw1_status_read(arena, rest, &fixture->trust, &list)) {
        abort();
    }
    struct span message;
    bool for_trust = data[0] % 2 == 0;
    if (cose_sign(arena, for_trust ? fixture->root : fixture->status,
                  for_trust ? SW1_TRUST_TYP : SW1_STATUS_TYP, rest, &message) != OK) {
        abort();
    }
    if (for_trust) {
        (void)sw1_trust_read(arena, message, fixture->root, &trust);
    } else if (sw1_status_read(arena, message, &fixture->trust, &list)) {
        (void)sw1_status_get(&list, (int64_t)size);
    }
    arena_free(arena);
    return 0;
}
