/* A file read piece by piece: all of it, nothing else, and an error when it is shorter than said.
 */
#include "../../../lib/base/pieces.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../support/check_main.h"

static int fd;

static void setup(void) {
    fd = memfd_create("pieces", MFD_CLOEXEC);
    ck_assert_int_eq(write(fd, "0123456789", 10), 10);
}

static void teardown(void) {
    (void)close(fd);
}

START_TEST(a_stretch_is_read_to_its_end) {
    static const char *const expected[] = {"123", "456", "78"};
    struct pieces pieces = {fd, 1, 8};
    struct pieces again = pieces;
    char room[3];
    struct span piece;
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(pieces_next(&pieces, room, sizeof room, &piece), OK);
        ck_assert(span_is(piece, expected[i]));
    }
    ck_assert_int_eq(pieces.size, 0);
    ck_assert_int_eq(pieces_next(&again, room, sizeof room, &piece), OK);
    ck_assert(span_is(piece, "123"));
}
END_TEST

START_TEST(a_file_that_ends_early_is_an_error) {
    struct pieces shorter = {fd, 8, 5};
    struct pieces closed = {-1, 0, 5};
    char room[8];
    struct span piece;
    ck_assert_int_eq(pieces_next(&shorter, room, sizeof room, &piece), OK);
    ck_assert(span_is(piece, "89"));
    ck_assert_int_eq(pieces_next(&shorter, room, sizeof room, &piece), ERR_IO);
    ck_assert_int_eq(pieces_next(&closed, room, sizeof room, &piece), ERR_IO);
}
END_TEST

CHECK_MAIN("base/pieces", setup, teardown, a_stretch_is_read_to_its_end,
           a_file_that_ends_early_is_an_error)
