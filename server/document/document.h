/* document.h - */
#ifndef NORIA_DOCUMENT_H
#define NORIA_DOCUMENT_H

struct route;

extern const struct route document_routes[];

#endif
