/* inputs.h - the canonical text that a run reads and the text that it gives.
 *
 * One line a record, words parted by single spaces, lines ended by LF, "-" for nothing:
 *   noria-match-1 <candidates per place> <contracts per candidate> <reserves per place> <variant>
 *   k <contract> <free places> <first day> <last day> <profile|0> <months> <language|-> <permit|->
 *   c <candidate> <from> <to> <months> <clean returns> <languages|-> <permits|->
 *   r <candidate> <profile> <thousandths of the maximum>
 *   s <candidate> <first day> <last day>            (an earlier stay)
 *   x <contract> <candidate>                        (a pair that was refused)
 * Sections in this order, each by its ids ascending. The result has a line a proposal:
 *   <contract> <rank> <candidate> <1: first choice> <score> <result> <experience> <language>
 *   <returns> <p: proposed | r: reserve> */
#ifndef NORIA_MATCHING_INPUTS_H
#define NORIA_MATCHING_INPUTS_H

#include "engine.h"

/* Reads the text strictly. ERR_UNREADABLE (the line's number in `line`) when it is not canonical;
 * ERR_LIMIT when it holds too many records. */
Err CHECKED match_read(struct arena *arena, struct span text, struct match_input *input, int *line);

/* The result's text. */
struct span match_write(struct arena *arena, const struct match_output *output);

#endif
