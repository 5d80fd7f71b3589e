/* curl_late.h - libcurl, loaded when a command first goes to the network: with the twenty libraries
 * behind it it took a quarter of the time of a `noria verify`, which never does. */
#ifndef NORIA_CURL_LATE_H
#define NORIA_CURL_LATE_H

#include <curl/curl.h>

/* The functions that the client calls, by libcurl's own names without "curl_". */
#define CURL_LATE(each)                                                                            \
    each(global_init) each(easy_init) each(easy_cleanup) each(easy_reset) each(easy_setopt)        \
        each(easy_getinfo) each(multi_init) each(multi_cleanup) each(multi_add_handle)             \
            each(multi_remove_handle) each(multi_info_read) each(multi_perform) each(multi_poll)   \
                each(slist_append) each(slist_free_all)

#define CURL_LATE_MEMBER(name) __typeof__(curl_##name) *(name);
struct curl_late {
    CURL_LATE(CURL_LATE_MEMBER)
};
#undef CURL_LATE_MEMBER

/* Loads it on the first call, on one thread; NULL when it is not installed. */
const struct curl_late *curl_late(void);

#endif
