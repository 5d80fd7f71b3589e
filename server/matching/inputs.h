/* inputs.h - the canonical text that a run reads and the text that it gives.
 *
 * One line a record, words parted by single spaces, lines ended by LF, "-" for nothing:
 *   noria-match-3 <candidates per place> <contracts per candidate> <reserves per place> <variant>
 *       <points | first: what clean returns are>                       (on the same line)
 *   q <service> <places left of its quota | ->
 *   k <contract> <free places> <kept for named> <first day> <last day> <profile|0> <months>
 *       <language|-> <permit|->                                        (on the same line)
 *   c <candidate> <service> <from> <to> <months> <clean returns> <languages|-> <permits|->
 *   r <candidate> <profile> <thousandths of the maximum>
 *   s <candidate> <first day> <last day>            (an earlier stay)
 *   n <contract> <candidate>                        (named by the employer)
 *   x <contract> <candidate>                        (a pair that was refused)
 * Sections in this order, each by its ids ascending. The result has a line a proposal:
 *   <contract> <rank> <candidate> <1: first choice> <score> <result> <experience> <language>
 *   <returns> <n: named | p: proposed | r: reserve> */
#ifndef NORIA_MATCHING_INPUTS_H
#define NORIA_MATCHING_INPUTS_H

#include "engine.h"

enum { MATCH_PROFILES_MAX = 1000, MATCH_PAIRS_MAX = 5000000 };

/* The rule by its name; MATCH_RULE_NONE when this program does not carry it. */
enum match_rule match_rule_of(struct span name);

const char *match_rule_name(enum match_rule rule);

/* Reads the text strictly. ERR_UNREADABLE (the line's number in `line`) when it is not canonical;
 * ERR_LIMIT when it holds too many records, or a candidate has more than 255 results or stays. */
Err CHECKED match_read(struct arena *arena, struct span text, struct match_input *input, int *line);

/* The result's text. */
struct span match_write(struct arena *arena, const struct match_output *output);

#endif
