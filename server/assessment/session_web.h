/* session_web.h - what the pages of a test session share. */
#ifndef NORIA_ASSESSMENT_SESSION_WEB_H
#define NORIA_ASSESSMENT_SESSION_WEB_H

#include <stdint.h>

#include "../../lib/base/err.h"

struct req;

/* The session's columns as members of the view. ERR_NOT_FOUND for who may not see it. */
Err CHECKED session_load(struct req *req, int64_t id);

#endif
