#include "curl_late.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

static bool find(void *library, const char *name, void *function, size_t size) {
    void *found = dlsym(library, name);
    memcpy(function, &found, size); /* C has no cast from an object to a function */
    return found != NULL;
}

static bool load(struct curl_late *curl) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    bool all = library != NULL;
#define FIND(name) all = all && find(library, "curl_" #name, &curl->name, sizeof curl->name);
    CURL_LATE(FIND)
#undef FIND
    return all;
}

const struct curl_late *curl_late(void) {
    static struct curl_late curl;
    static bool loaded;
    loaded = loaded || load(&curl);
    return loaded ? &curl : NULL;
}
