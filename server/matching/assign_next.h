/* assign_next.h - whom a class may take next, best first: for the proposals, which go through each
 * contract's candidates in the order of their scores, contract by contract in turn.
 *
 * Candidates of a block stand in the order of their scores, and beside them four tables of bits
 * (first day, last day, experience, each skill) and one of those who may still be taken: 64
 * candidates are looked at with one AND. A class goes through its block once a round and keeps whom
 * it found, for all its contracts; it looks no further than they ask. So a round costs what it
 * takes, and a sixty-fourth of a look for each class and candidate of its block at most. */
#ifndef NORIA_MATCHING_ASSIGN_NEXT_H
#define NORIA_MATCHING_ASSIGN_NEXT_H

#include "assign.h"

struct arena;
struct next_table;

/* Sorts the candidates; `problem` is kept. */
struct next_table *next_new(struct arena *arena, const struct assign_problem *problem);

/* Begins a round, in which `may_take` says who may be taken; whoever may not, may not until the
 * next round. `arena` is needed as long as the round goes on. */
void next_round(struct next_table *table, struct arena *arena,
                bool (*may_take)(const void *arg, int candidate), const void *arg);

/* The place, from `at` on, of the next who may be taken, in the list of those whom the class may
 * have; -1 when there is none left. Begin with 0; whoever took one goes on behind him. */
int next_place(struct next_table *table, int class, int at);

/* Who stands at a place that was found in this round. */
int next_who(const struct next_table *table, int class, int place);

#endif
