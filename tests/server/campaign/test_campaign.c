/* A campaign: its rules, its edits under a version, its steps, against a real database. */
#include <string.h>

#include "../../../server/campaign/campaign.h"
#include "../../../server/reference/reference.h"
#include "../db/db_main.h"

enum { OFFICE = 4, PARTNER_ORG = 3, FARM = 1 };

static struct campaign good(void) {
    return (struct campaign){.code = "2099-MA",
                             .season = 2099,
                             .name = "Maroc 2099",
                             .first_day = 47000,
                             .last_day = 47300,
                             .candidates_per_place = FIELD_NONE,
                             .decision_days = FIELD_NONE,
                             .checkin_days = FIELD_NONE,
                             .travel_days = FIELD_NONE,
                             .notice_days = FIELD_NONE,
                             .mrs_validity_days = FIELD_NONE,
                             .non_return_after_days = FIELD_NONE,
                             .document_days = FIELD_NONE};
}

static struct arena *arena;
static struct faults faults;

static Err check(const struct campaign *campaign) {
    arena = arena == NULL ? arena_new() : arena;
    faults_init(&faults, arena);
    return campaign_check(campaign, &faults);
}

START_TEST(defaults_fill_what_is_absent) {
    struct campaign campaign = good();
    campaign.checkin_days = 12;
    campaign_defaults(&campaign);
    ck_assert_int_eq(campaign.candidates_per_place, 3);
    ck_assert_int_eq(campaign.checkin_days, 12);
    ck_assert_int_eq(campaign.non_return_after_days, 60);
    ck_assert_str_eq(campaign.six_months_variant, "days_183");
    ck_assert_int_eq(check(&campaign), OK);
    arena_free(arena);
    arena = NULL;
}
END_TEST

START_TEST(rules_at_their_edges) {
    struct campaign campaign = good();
    campaign_defaults(&campaign);
    campaign.last_day = campaign.first_day + 400;
    campaign.non_return_after_days = campaign.checkin_days;
    ck_assert_int_eq(check(&campaign), OK);
    campaign.last_day++;
    campaign.non_return_after_days--;
    campaign.code = "-A";
    ck_assert_int_eq(check(&campaign), ERR_INVALID_INPUT);
    ck_assert_uint_eq(faults.count, 3);
    ck_assert_int_eq(faults.list[0].err, ERR_WRONG_TYPE);
    ck_assert_int_eq(faults.list[1].err, ERR_CAMPAIGN_TOO_LONG);
    ck_assert_int_eq(faults.list[2].err, ERR_NON_RETURN_BEFORE_CHECKIN);
    campaign.code = "a";
    campaign.last_day = campaign.first_day - 1;
    ck_assert_int_eq(check(&campaign), ERR_INVALID_INPUT);
    ck_assert_int_eq(faults.list[1].err, ERR_ENDS_BEFORE_START);
    arena_free(arena);
    arena = NULL;
}
END_TEST

/* --- against the database -----------------------------------------------------------------------
 */

struct act {
    struct one *one;
    struct db *db;
    struct campaign campaign;
    struct campaign_service service;
    struct agreement agreement;
    struct shortage shortage;
    struct smic smic;
    int64_t id;
    int64_t version;
    const char *state;
    Err (*run)(struct act *act);
};

static Err run_act(void *arg) {
    struct act *act = arg;
    faults_init(&act->one->faults, act->one->arena);
    return act->run(act);
}

static Err do_it(struct act *act, Err (*run)(struct act *act)) {
    act->run = run;
    return db_tx(act->db, NULL, run_act, act, NULL, NULL);
}

static struct act office(struct one *one) {
    struct db_actor actor = {DB_OFII, OFFICE, OFFICE, "officer"};
    return (struct act){
        .one = one,
        .db = db_open(one->bed->pool, one->arena, &one->faults, &actor, clock_ticks() + 20000),
        .campaign = good()};
}

static Err create(struct act *act) {
    return campaign_create(act->db, &act->campaign, &act->id);
}
static Err edit(struct act *act) {
    return campaign_edit(act->db, act->id, act->version, &act->campaign);
}
static Err add_service(struct act *act) {
    return campaign_add_service(act->db, act->id, &act->service);
}
static Err edit_service(struct act *act) {
    return campaign_edit_service(act->db, act->id, act->version, &act->service);
}
static Err advance(struct act *act) {
    return campaign_advance(act->db, act->id, act->state);
}

static void life(struct one *one) {
    struct act act = office(one);
    ck_assert_int_eq(do_it(&act, create), OK);
    ck_assert_int_eq(do_it(&act, create), ERR_CAMPAIGN_CODE_TAKEN);
    act.version = 1;
    act.campaign.name = "Renamed";
    act.campaign.checkin_days = 45;
    ck_assert_int_eq(do_it(&act, edit), OK);
    ck_assert_int_eq(do_it(&act, edit), ERR_STALE_EDIT);
    act.state = "open";
    ck_assert_int_eq(do_it(&act, advance), ERR_CAMPAIGN_WITHOUT_SERVICE);
    act.service = (struct campaign_service){FARM, 5, FIELD_NONE};
    ck_assert_int_eq(do_it(&act, add_service), ERR_NOT_A_PARTNER);
    act.service.org_id = PARTNER_ORG;
    act.service.agreement_id = 3; /* Tunisia's */
    ck_assert_int_eq(do_it(&act, add_service), ERR_AGREEMENT_OF_OTHER_COUNTRY);
    act.service.agreement_id = 1;
    ck_assert_int_eq(do_it(&act, edit_service), ERR_NOT_FOUND);
    ck_assert_int_eq(do_it(&act, add_service), OK);
    act.service.quota = 9;
    ck_assert_int_eq(do_it(&act, add_service), ERR_SERVICE_THERE);
    act.version = 1;
    ck_assert_int_eq(do_it(&act, edit_service), OK);
    ck_assert_int_eq(do_it(&act, edit_service), ERR_STALE_EDIT);
    ck_assert_int_eq(do_it(&act, advance), OK);
    ck_assert_int_eq(do_it(&act, advance), ERR_CONFLICT);
    act.state = "matching";
    ck_assert_int_eq(do_it(&act, advance), ERR_CAMPAIGN_WITHOUT_CONTRACT);
    act.id = 999;
    ck_assert_int_eq(do_it(&act, advance), ERR_NOT_FOUND);
    ck_assert_int_eq(do_it(&act, edit), ERR_NOT_FOUND);
}

START_TEST(a_campaign_lives) {
    struct bed bed = {0};
    (void)owner(Q_TEST_CONTRACT_ORGS, NULL);
    (void)owner(Q_TEST_CONTRACT_ACCOUNTS, NULL);
    bed_run(&bed, 1, life);
    ck_assert_int_eq(owner(Q_TEST_CONTRACT_LEAVES, "campaign.create"), 1);
    ck_assert_int_eq(owner(Q_TEST_CONTRACT_LEAVES, "campaign.set_service"), 2);
    ck_assert_int_eq(owner(Q_TEST_CONTRACT_LEAVES, "campaign.open"), 1);
}
END_TEST

/* --- reference tables
 * ----------------------------------------------------------------------------- */

static Err add_smic(struct act *act) {
    return reference_add_smic(act->db, &act->smic);
}
static Err add_shortage(struct act *act) {
    return reference_add_shortage(act->db, &act->shortage, &act->id);
}
static Err end_shortage(struct act *act) {
    return reference_end_shortage(act->db, act->id, act->version, act->shortage.to_day);
}
static Err add_agreement(struct act *act) {
    return reference_add_agreement(act->db, &act->agreement, &act->id);
}
static Err edit_agreement(struct act *act) {
    return reference_edit_agreement(act->db, act->id, act->version, &act->agreement);
}

static void references(struct one *one) {
    struct act act = office(one);
    act.smic = (struct smic){47000, 1500, "a decree"};
    ck_assert_int_eq(do_it(&act, add_smic), OK);
    ck_assert_int_eq(do_it(&act, add_smic), ERR_DUPLICATE);
    act.shortage = (struct shortage){"93", "A1401", 47000, DATE_NONE, "an order"};
    ck_assert_int_eq(do_it(&act, add_shortage), OK);
    int64_t row = act.id;
    ck_assert_int_eq(do_it(&act, add_shortage), ERR_SHORTAGE_OVERLAP);
    act.shortage.to_day = 46999;
    ck_assert_int_eq(do_it(&act, add_shortage), ERR_ENDS_BEFORE_START);
    act.shortage.to_day = DATE_NONE;
    act.shortage.rome = "A9999";
    ck_assert_int_eq(do_it(&act, add_shortage), ERR_UNKNOWN_REFERENCE);
    act.id = row;
    act.version = 2;
    act.shortage.to_day = 47100;
    ck_assert_int_eq(do_it(&act, end_shortage), ERR_STALE_EDIT);
    act.version = 1;
    ck_assert_int_eq(do_it(&act, end_shortage), OK);
    act.shortage = (struct shortage){"93", "A1401", 47101, DATE_NONE, "the next order"};
    ck_assert_int_eq(do_it(&act, add_shortage), OK);
    act.agreement =
        (struct agreement){"SN", "other", "A new one", 2098, DATE_NONE, "yes", NULL, "a source"};
    ck_assert_int_eq(do_it(&act, add_agreement), OK);
    act.agreement.signed_on = 40000; /* another year */
    ck_assert_int_eq(do_it(&act, edit_agreement), ERR_OUT_OF_RANGE);
    act.agreement.signed_on = DATE_NONE;
    ck_assert_int_eq(do_it(&act, edit_agreement), OK);
    ck_assert_int_eq(do_it(&act, edit_agreement), ERR_STALE_EDIT);
    act.id = 999;
    ck_assert_int_eq(do_it(&act, edit_agreement), ERR_NOT_FOUND);
    ck_assert_int_eq(do_it(&act, end_shortage), ERR_NOT_FOUND);
}

START_TEST(references_are_added_and_ended) {
    struct bed bed = {0};
    bed_run(&bed, 1, references);
}
END_TEST

DB_MAIN("campaign", defaults_fill_what_is_absent, rules_at_their_edges, a_campaign_lives,
        references_are_added_and_ended)
