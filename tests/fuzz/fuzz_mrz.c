/* fuzz_mrz.c - any bytes as a machine readable zone: no crash, and verdicts that agree. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../server/screening/mrz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct mrz mrz;
    bool valid = mrz_read((struct span){(const char *)data, size}, &mrz);
    bool digits = (mrz.faults & MRZ_DIGITS) != 0;
    if (valid != (mrz.faults == 0) || digits != (mrz.wrong_digits > 0) || mrz.wrong_digits > 5 ||
        (valid && mrz_format_name(mrz.format) == NULL) || strlen(mrz.number) > 32 ||
        strlen(mrz.surname) > 40 || strlen(mrz.given) > 40) {
        abort();
    }
    mrz_birth_date(&mrz, 20000);
    mrz_expiry_date(&mrz, 20000);
    return 0;
}
