/* nation.h - a campaign of more candidates than a request matches. */
#ifndef NORIA_TESTS_MATCHING_NATION_H
#define NORIA_TESTS_MATCHING_NATION_H

/* Campaign 1 of web_up()'s database: 5,400 candidates and 1,800 places in 12 contracts: some 9,000
 * proposals, two parts. */
void nation_make(void);

#endif
