/* status_keys.h - claim keys and names of draft-ietf-oauth-status-list in its CWT form. The draft
 * can still change them, so they stand here and nowhere else. */
#ifndef NORIA_SW1_STATUS_KEYS_H
#define NORIA_SW1_STATUS_KEYS_H

enum {
    SW1_CLAIM_STATUS = 65535,      /* in a document: {"status_list": {"idx", "uri"}} */
    SW1_CLAIM_STATUS_LIST = 65533, /* in a list: {"bits", "lst", "aggregation_uri"} */
    SW1_CLAIM_TTL = 65534 /* in a list: seconds after which a fresher one should be asked for */
};

#define SW1_STATUS_TYP "application/statuslist+cwt"
#define SW1_STATUS_MEMBER "status_list"
#define SW1_STATUS_IDX "idx"
#define SW1_STATUS_URI "uri"
#define SW1_STATUS_BITS "bits"
#define SW1_STATUS_LST "lst"
#define SW1_STATUS_AGGREGATION "aggregation_uri"

#endif
