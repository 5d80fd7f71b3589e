/* selection.h - that selection is objective, made visible: who tried to select by a blocked
 * criterion (lib/base/blocked.h), which words of free texts wait for a person, and the list of
 * those words, in versions. What is refused, and what takes no effect before somebody has looked:
 * migrations/replaceable/15_blocked.sql. */
#ifndef NORIA_SELECTION_H
#define NORIA_SELECTION_H

struct reads;
struct route;

extern const struct route selection_routes[];
extern const struct shows selection_shows[];
extern const struct reads selection_reads[];

#endif
