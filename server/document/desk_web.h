/* desk_web.h - a request's desk, for the pages that work with documents. */
#ifndef NORIA_DOCUMENT_DESK_WEB_H
#define NORIA_DOCUMENT_DESK_WEB_H

#include "../http/req.h"
#include "document.h"

static inline struct document_desk document_desk_of(const struct req *req) {
    return (struct document_desk){req->db, req->arena, req->app, req->now};
}

#endif
