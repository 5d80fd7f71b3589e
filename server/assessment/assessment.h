/* assessment.h - */
#ifndef NORIA_ASSESSMENT_H
#define NORIA_ASSESSMENT_H

struct route;

extern const struct route assessment_routes[];

#endif
