/* contract.h - the anonymous contract: an employer's terms for a number of places, naming nobody.
 *
 *     draft > submitted > approved > filled        submitted > refused
 *     draft, submitted, approved > withdrawn       filled > approved when a place is given back
 *
 * An employer writes a draft and submits it; an officer approves it (which makes its place rows) or
 * refuses it with a reason. On submission and approval the database checks the dates against the
 * campaign and the six months, the wage against the minimum wage of every work date and the proof
 * of the labour-market test; housing is checked here. A contract whose employer is held by a fraud
 * case is not approved. The serial and the six random characters of the check code let whoever
 * holds the contract ask whether it is real (page /check), and nobody else. */
#ifndef NORIA_CONTRACT_H
#define NORIA_CONTRACT_H

#include <stdbool.h>
#include <stdint.h>

#include "../../lib/base/date.h"
#include "../../lib/base/err.h"
#include "../../lib/base/field.h"
#include "../../lib/base/pieces.h"
#include "../http/route.h"

struct arena;
struct db;

/* Housing given with the work (Code rural R.716-7 to R.716-11). */
struct contract_room {
    int64_t area_m2; /* hundredths of a square metre */
    int64_t occupants;
    const char *sex; /* "women" or "men": rooms are not mixed */
};
extern const struct field contract_room_fields[];

struct contract_housing {
    const char *kind; /* "none", "employer", "third_party" */
    const char *address;
    const char *commune; /* INSEE code */
    int64_t basins;
    int64_t showers;
    int64_t toilets;
    int64_t eating_m2; /* hundredths; 0: no room of its own */
    bool bunks;
    int64_t rent; /* cents a week */
};

enum { CONTRACT_ROOMS_MAX = 100, CONTRACT_SITES_MAX = 20 };

/* Adds a fault for every rule of the housing standard that is not met, for `places` workers. Areas,
 * places and counts are whole numbers, no rounding:
 * at most 6 a sleeping room; 9 m2 for the first and 7 m2 for each further person; no bunk beds; one
 * washbasin per 3, one shower and one toilet per 6 persons, women and men counted apart; an eating
 * room of 7 m2 and 2 m2 for each further person, which up to three persons do without when one of
 * their rooms has 12 m2 or more. Nothing is checked when no housing is given.
 * OK or ERR_INVALID_INPUT. */
Err CHECKED contract_housing_check(const struct contract_housing *housing,
                                   const struct contract_room *rooms, int count, int64_t places,
                                   struct faults *faults);

/* Another work place: the law asks for each. */
struct contract_site {
    const char *commune; /* INSEE code */
};
extern const struct field contract_site_fields[];

/* What an employer writes. */
struct contract {
    const char *employer_ref; /* the employer's own number, unique in the campaign; may be NULL */
    int64_t places;
    int64_t
        named_returnees; /* how many returning workers are wanted; their names come at binding */
    date first_day;
    date last_day;
    int64_t tolerance_days;
    const char *rome;
    const char *crop;
    const char *variety;
    int64_t hectares; /* hundredths */
    const char *tasks;
    int64_t profile_id; /* of the test by simulation; FIELD_NONE: none asked */
    int64_t experience_months;
    const char *commune; /* INSEE code of the main work place */
    const char *site_address;
    int64_t weekly_hours; /* hundredths */
    const char *work_pattern;
    bool night_work;
    bool sunday_work;
    const char *pay_kind;   /* "hour", "month", "piece" */
    int64_t hourly_wage;    /* cents, gross: the floor whatever the kind of pay */
    const char *piece_rate; /* "0.45 a crate" */
    const char *collective_agreement;
    const char *language; /* of instruction, ISO 639-1 */
    const char *meals;
    const char *transport;
    bool driving;
    const char *demands;
    const char *equipment;
    struct contract_housing housing;
    const char *proof_kind; /* "offer" or "shortage"; may be missing until submission */
    const char *proof_reference;
    const char *proof_publisher;
    date proof_from;
    date proof_to;
};
extern const struct field contract_fields[];

/* A contract with its lists, as read from a form, a JSON body or a row of a file. */
struct contract_form {
    struct contract terms;
    struct contract_room *rooms;
    int room_count;
    struct contract_site *sites;
    int site_count;
};

/* Fills absent values with their defaults. */
void contract_defaults(struct contract *contract);

/* The rules that need no database: order of dates, returnees, proof dates, a piece rate with a
 * price, housing. Adds faults; what is absent, or was refused when it was read, is not judged. */
Err CHECKED contract_check(const struct contract_form *form, struct faults *faults);

/* Checks and writes a draft of the acting employer, unless the reading of the request found faults
 * already: they are told together with all that the database finds in the terms
 * (contract_faults()). ERR_CAMPAIGN_NOT_OPEN. */
Err CHECKED contract_create(struct db *db, struct arena *arena, int64_t campaign,
                            struct contract_form *form, int64_t *id);

/* Checks and changes a draft that the caller read at `version`. ERR_NOT_FOUND, ERR_STALE_EDIT,
 * ERR_CONTRACT_FROZEN when it is not a draft any more. */
Err CHECKED contract_edit(struct db *db, struct arena *arena, int64_t id, int64_t version,
                          struct contract_form *form);

/* Submits a draft: housing is checked again, the database checks the rest, screening looks at it.
 * ERR_PROOF_MISSING and its like, ERR_STARTS_IN_THE_PAST, ERR_CONFLICT. */
Err CHECKED contract_submit(struct db *db, struct arena *arena, int64_t id);

/* Decides on a submitted contract. ERR_CONTRACT_IS_HELD, ERR_CONFLICT; a refusal has a reason. */
Err CHECKED contract_approve(struct db *db, int64_t id);
Err CHECKED contract_refuse(struct db *db, int64_t id, const char *reason);

/* Takes a contract back; ERR_CONTRACT_IS_BOUND once a place is taken. */
Err CHECKED contract_withdraw(struct db *db, int64_t id, const char *reason);

/* What an import came to. */
struct contract_import {
    int64_t id;   /* of the batch */
    int64_t ok;   /* new contracts */
    int64_t same; /* rows whose employer_ref is there already */
    int64_t bad;  /* rows in the error file */
};

/* Reads a CSV file of contracts into drafts of the campaign, at most 20,000 rows; with `submit`
 * they are submitted too. Good rows are written, bad ones go to the batch's error file (row, field,
 * rule, message, then the columns as they were). A row whose employer_ref the campaign knows is not
 * written again, so a corrected file can be sent whole. `for_others`: rows may name employers by
 * SIRET (officers), and unknown ones are registered when employer_name and employer_naf are given.
 * ERR_CSV or ERR_INVALID_INPUT (header) when the file cannot be read at all. From the request's
 * task; rows are read, checked and told of on the thread pool. */
Err CHECKED contract_import_csv(struct db *db, struct arena *arena, int64_t campaign,
                                struct pieces file, bool for_others, bool submit,
                                struct err_voice voice, struct contract_import *import);

/* SIRET: 14 digits with the Luhn check digit (ISO/IEC 7812-1); La Poste's establishments
 * (356000000) have digits whose sum divides by 5 instead. */
bool siret_valid(struct span siret);

/* A NAF code as it is written: two digits, a dot, two digits, a capital letter. */
bool naf_valid(struct span naf);

extern const struct route contract_routes[];
extern const struct shows contract_shows[];
extern const struct reads contract_reads[];
extern const struct route contract_import_routes[];
extern const struct reads contract_import_reads[];
extern const struct shows contract_import_shows[];

#endif
