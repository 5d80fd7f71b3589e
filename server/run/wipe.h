/* wipe.h - memory that was given back says nothing any more.
 *
 * Requests hold identities. Arenas are wiped when they end (lib/base/arena.c); what libraries hold
 * (libpq's results, the HTTP library's requests and answers, JSON trees, pictures) is freed to the
 * heap, and wipe.c puts a free() and a realloc() before the C library's that wipe first. They need
 * no call. What is left while a server runs is said in docs/data-protection.md.
 *
 * All wiping is by explicit_bzero(), which a test may replace by nothing: its control. */
#ifndef NORIA_RUN_WIPE_H
#define NORIA_RUN_WIPE_H

/* Wipes the stack below the caller, deeper than any job of the thread pool goes (128 KiB),
 * on which calls that have returned left what they worked with. */
void wipe_stack(void);

#endif
