/* document.h - signed documents (SW1): worker documents, contract notices, and the status lists
 * that withdraw them.
 *
 * A document is made from a placement (or a contract) and the sealed identity, signed by the
 * document key, and kept sealed itself. Its identity is its cti, never its text. Issuing anew
 * withdraws the former. States: valid <> suspended, either > revoked, which is final; verifiers
 * learn them from the signed status list. Format: the document profile, implemented by lib/sw1. */
#ifndef NORIA_DOCUMENT_H
#define NORIA_DOCUMENT_H

#include <stdint.h>

#include "../../lib/base/err.h"
#include "../../lib/sw1/verify.h"
#include "../http/route.h"
#include "qr.h"

struct app;
struct arena;
struct job_desk;
struct paper;
struct rows;
struct seal;

extern const struct route document_routes[];
extern const struct shows document_shows[];
extern const struct reads document_reads[];
extern const struct route batch_routes[];
extern const struct shows batch_shows[];
extern const struct reads batch_reads[];
extern const struct route verify_routes[];
extern const struct shows verify_shows[]; /* public: verify page, trust and status lists */
extern const struct reads verify_reads[];

/* What issuing and serving need. `now` in seconds since 1970. */
struct document_desk {
    struct db *db;
    struct arena *arena;
    const struct app *app;
    int64_t now;
};

/* Issues the worker document of a placement inside the request's transaction, withdrawing the
 * former. ERR_NOT_FOUND, ERR_DOCUMENT_NOT_READY, ERR_DOCUMENT_HELD; ERR_DOCUMENT_CLAIMS when the
 * record does not fit the format. `id` is the document's. */
Err CHECKED document_issue(const struct document_desk *desk, int64_t placement, int64_t *id);

/* Issues the season record of a placement whose return is proven, withdrawing the former.
 * ERR_NOT_FOUND, ERR_RECORD_NOT_RETURNED, ERR_DOCUMENT_HELD, ERR_DOCUMENT_CLAIMS. */
Err CHECKED record_issue(const struct document_desk *desk, int64_t placement, int64_t *id);

/* Issues the notice of an approved contract, withdrawing the former. ERR_NOT_FOUND,
 * ERR_NOTICE_NOT_APPROVED, ERR_DOCUMENT_HELD. */
Err CHECKED notice_issue(const struct document_desk *desk, int64_t contract, int64_t *id);

/* The signed text of a document; a look at a worker's is a leaf of the audit with that reason
 * (NULL: none given). Employers get contract notices only. ERR_NOT_FOUND; ERR_CRYPTO when it does
 * not open. */
Err CHECKED document_text(const struct document_desk *desk, int64_t id, const char *reason,
                          struct span *text, const char **number);

/* The text of a document that names somebody, opened with the key of the worker it is about;
 * columns cti, sealed, worker_id and wrapped of the row. No leaf. ERR_CRYPTO. */
Err CHECKED document_open(const struct seal *seal, struct arena *arena, const struct rows *rows,
                          int row, struct span *text);

/* What the paper shows beside the text. */
Err CHECKED document_paper(const struct document_desk *desk, int64_t id, const char *number,
                           struct paper *paper);

/* The same from a row with the columns of document_paper. */
struct paper document_paper_of(const struct document_desk *desk, const struct rows *rows, int row,
                               const char *number);

/* The list that takes new documents; ERR_UNAVAILABLE without keys. */
Err CHECKED document_list_open(const struct document_desk *desk, int64_t *list_no);

/* A status list, signed, at most an hour old. ERR_NOT_FOUND when there is no such list. */
Err CHECKED status_list_bytes(const struct document_desk *desk, int64_t list_no,
                              struct span *bytes);

/* The address of a status list, as documents name it. */
const char *status_list_uri(const struct document_desk *desk, int64_t list_no);

/* The text of the one QR code in a photo (PNG or JPEG); two photos at a time in the whole process.
 * ERR_PICTURE, ERR_NO_QR, ERR_SEVERAL_QR. */
Err CHECKED document_photo(const struct document_desk *desk, struct span bytes, struct span *text);

/* The placement whose worker document has that cti (of a text that was verified), for the desk
 * where workers report back. ERR_NOT_FOUND. */
Err CHECKED document_placement(const struct document_desk *desk, struct span cti,
                               int64_t *placement);

/* Signs a file that closes something (lib/sw1/act.h) with the document key, now. ERR_CRYPTO. */
Err CHECKED document_sign_act(const struct document_desk *desk, const char *kind, struct span bytes,
                              struct span *signature);

/* Jobs: the batches that wait; status lists and what ended. */
Err CHECKED document_batches(const struct job_desk *desk);
Err CHECKED document_round(const struct job_desk *desk);

/* Verifies a text with the server's own lists. */
Err CHECKED document_verify(const struct document_desk *desk, struct span text,
                            struct sw1_answer *answer);

struct sw1_key;

/* The key that signs documents, for what else the office signs; NULL without keys. */
const struct sw1_key *document_key(const struct app *app);

#endif
