/* fuzz_names.c - any bytes as a name: no crash, tokens within bounds, a name agrees with itself. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../server/screening/names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span name = {(const char *)data, size};
    struct names names;
    char key[NAMES_KEY];
    names_fold(name, &names);
    names_key(name, (struct span){NULL, 0}, key);
    bool bad = names.count > NAMES_TOKENS || strlen(key) >= NAMES_KEY || !names_agree(name, name);
    for (int i = 0; i < names.count; i++) {
        bad = bad || strlen(names.token[i]) >= NAMES_TOKEN;
    }
    if (bad) {
        abort();
    }
    return 0;
}
