/* keep_open.c - loaded before all other libraries: nobody's connection is shut down. It takes the
 * server's absolute deadlines away, for a control. */
#include <sys/socket.h>

int shutdown(int fd, int how) {
    (void)fd;
    (void)how;
    return 0;
}
