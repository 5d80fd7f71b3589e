/* Contracts against a real database: writing, editing, submitting, deciding, and files of them. */
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../../../lib/base/csv.h"
#include "../../../server/campaign/campaign.h"
#include "../../../server/contract/contract.h"
#include "../../../server/view/refusal.h"
#include "../db/db_main.h"

enum { FARM = 1, OTHER = 2, OFFICE = 4, CAMPAIGN = 1 };

static void up(void) {
    (void)owner(Q_TEST_CONTRACT_ORGS, NULL);
    (void)owner(Q_TEST_CONTRACT_ACCOUNTS, NULL);
    ck_assert_int_eq(owner(Q_TEST_CONTRACT_CAMPAIGN, NULL), CAMPAIGN);
    (void)owner(Q_TEST_CONTRACT_SERVICE, NULL);
}

static struct db *handle(struct one *one, enum db_class class, int64_t org, const char *role) {
    struct db_actor actor = {class, org, org, role};
    return db_open(one->bed->pool, one->arena, &one->faults, &actor, clock_ticks() + 60000);
}

static struct db *farm(struct one *one) {
    return handle(one, DB_EMPLOYER, FARM, "employer");
}

static struct db *office(struct one *one) {
    return handle(one, DB_OFII, OFFICE, "officer");
}

/* An act of a feature in a transaction. */
struct act {
    struct one *one;
    struct db *db;
    struct contract_form form;
    int64_t id;
    int64_t version;
    struct span file;
    bool submit;
    struct contract_import import;
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

static Err create(struct act *act) {
    return contract_create(act->db, act->one->arena, CAMPAIGN, &act->form, &act->id);
}

static Err edit(struct act *act) {
    return contract_edit(act->db, act->one->arena, act->id, act->version, &act->form);
}

static Err submit(struct act *act) {
    return contract_submit(act->db, act->one->arena, act->id);
}

static Err approve(struct act *act) {
    return contract_approve(act->db, act->id);
}

static Err refuse(struct act *act) {
    return contract_refuse(act->db, act->id, "not this year");
}

static Err withdraw(struct act *act) {
    return contract_withdraw(act->db, act->id, "frost in April");
}

static const char *say(struct arena *arena, int language, Err err, const char *detail) {
    return refusal_sentence(arena, (enum lang)language, err, detail);
}

/* A file as an upload leaves it; it ends with the test's process. */
static struct pieces file_of(struct span text) {
    int fd = memfd_create("contracts", MFD_CLOEXEC);
    ck_assert_int_eq(write(fd, text.ptr, text.len), (ssize_t)text.len);
    return (struct pieces){fd, 0, (int64_t)text.len};
}

static Err import_own(struct act *act) {
    return contract_import_csv(act->db, act->one->arena, CAMPAIGN, file_of(act->file), false,
                               act->submit, (struct err_voice){say, LANG_EN}, &act->import);
}

static Err import_for_others(struct act *act) {
    return contract_import_csv(act->db, act->one->arena, CAMPAIGN, file_of(act->file), true,
                               act->submit, (struct err_voice){say, LANG_EN}, &act->import);
}

static date day(const char *text) {
    date value = DATE_NONE;
    ck_assert(date_parse(span_of(text), &value));
    return value;
}

static struct contract_room room = {2300, 3, "men"};

/* A sound contract for three; the offer was out for the three weeks before today. */
static struct contract_form sound(struct one *one) {
    date today = clock_today(&one->bed->clock);
    struct contract_form form = {.terms = {.places = 3,
                                           .named_returnees = FIELD_NONE,
                                           .first_day = day("2099-04-01"),
                                           .last_day = day("2099-08-31"),
                                           .tolerance_days = FIELD_NONE,
                                           .rome = "A1401",
                                           .crop = "apples",
                                           .hectares = 5000,
                                           .tasks = "Picking and sorting",
                                           .profile_id = FIELD_NONE,
                                           .experience_months = FIELD_NONE,
                                           .commune = "13004",
                                           .weekly_hours = 3500,
                                           .hourly_wage = 1300,
                                           .housing = {.kind = "employer",
                                                       .address = "Mas neuf",
                                                       .commune = "13004",
                                                       .basins = 1,
                                                       .showers = 1,
                                                       .toilets = 1,
                                                       .eating_m2 = 1100,
                                                       .rent = FIELD_NONE},
                                           .proof_kind = "offer",
                                           .proof_reference = "123ABC",
                                           .proof_from = today - 30,
                                           .proof_to = today}};
    form.rooms = &room;
    form.room_count = 1;
    return form;
}

static void has_fault(struct one *one, const char *field, Err err) {
    for (size_t i = 0; i < one->faults.count; i++) {
        if (strcmp(one->faults.list[i].field, field) == 0 && one->faults.list[i].err == err) {
            return;
        }
    }
    ck_abort_msg("no fault %s on %s", err_code(err), field);
}

static void life(struct one *one) {
    struct act act = {.one = one, .db = farm(one), .form = sound(one)};
    struct rows rows;
    ck_assert_int_eq(do_it(&act, create), OK);
    ck_assert_int_eq(db_one(act.db, Q_CONTRACT_BY_ID, ARGS(arg_int("id", act.id)), &rows), OK);
    ck_assert_str_eq(rows_text(&rows, one->arena, 0, "state"), "draft");
    act.version = rows_int(&rows, 0, "version");
    act.form.terms.places = 2;
    ck_assert_int_eq(do_it(&act, edit), OK);
    ck_assert_int_eq(do_it(&act, edit), ERR_STALE_EDIT);
    ck_assert_int_eq(do_it(&act, submit), OK);
    act.version++;
    ck_assert_int_eq(do_it(&act, edit), ERR_CONTRACT_FROZEN);
    ck_assert_int_eq(do_it(&act, submit), ERR_CONFLICT);
    struct act other = act;
    other.db = handle(one, DB_EMPLOYER, OTHER, "employer");
    ck_assert_int_eq(do_it(&other, withdraw), ERR_NOT_FOUND);
    struct act decide = act;
    decide.db = office(one);
    ck_assert_int_eq(do_it(&decide, approve), OK);
    ck_assert_int_eq(do_it(&decide, refuse), ERR_CONFLICT);
    ck_assert_int_eq(do_it(&act, withdraw), OK);
    ck_assert_int_eq(do_it(&act, withdraw), ERR_CONFLICT);
    decide.id = 999999;
    ck_assert_int_eq(do_it(&decide, approve), ERR_NOT_FOUND);
}

START_TEST(a_contract_lives) {
    struct bed bed = {0};
    bed_run(&bed, 1, life);
    ck_assert_int_eq(owner(Q_TEST_CONTRACT_LEAVES, "contract.create"), 1);
    ck_assert_int_eq(owner(Q_TEST_CONTRACT_LEAVES, "contract.withdraw"), 1);
}
END_TEST

/* What the program and what the database finds comes back in one answer. */
static void faults_at_once(struct one *one) {
    struct act act = {.one = one, .db = farm(one), .form = sound(one)};
    act.form.terms.hourly_wage = 1100;
    act.form.terms.rome = "A9999";
    act.form.terms.last_day = day("2099-12-15");
    act.form.terms.housing.bunks = true;
    ck_assert_int_eq(do_it(&act, create), ERR_INVALID_INPUT);
    ck_assert_uint_eq(one->faults.count, 5);
    has_fault(one, "hourly_wage", ERR_BELOW_SMIC);
    has_fault(one, "rome", ERR_UNKNOWN_REFERENCE);
    has_fault(one, "last_day", ERR_OUTSIDE_CAMPAIGN);
    has_fault(one, "last_day", ERR_LONGER_THAN_SIX_MONTHS);
    has_fault(one, "housing_bunks", ERR_HOUSING_BUNKS);
    act.form = sound(one);
    act.form.terms.proof_kind = NULL;
    ck_assert_int_eq(do_it(&act, create), OK);
    ck_assert_int_eq(do_it(&act, submit), ERR_PROOF_MISSING);
    has_fault(one, "proof_kind", ERR_PROOF_MISSING);
}

START_TEST(every_fault_is_told_at_once) {
    struct bed bed = {0};
    bed_run(&bed, 1, faults_at_once);
}
END_TEST

/* --- files
 * ---------------------------------------------------------------------------------------- */

#define HEADER                                                                                     \
    "employer_ref;places;first_day;last_day;rome;crop;tasks;commune;weekly_hours;hourly_wage;"     \
    "rooms;housing_kind;housing_address;housing_commune;housing_basins;housing_showers;"           \
    "housing_toilets;housing_eating_m2;sites\n"
#define HOUSED ";men:23:3;employer;Mas neuf;13004;1;1;1;11;84007\n"

static const char file[] =
    HEADER "A-1;3;2099-04-01;2099-08-31;A1401;pommes;Cueillette;13004;35;13,00" HOUSED
           "A-2;2;2099-04-01;2099-08-31;A1401;p\xEA"
           "ches;Cueillette;13004;35;11,00;;;;;;;;;\n"
           ";2;2099-04-01;2099-08-31;A1401;poires;Cueillette;13004;35;13;;;;;;;;;\n"
           "A-4;two;2099-04-31;2099-08-31;A1401;=1+1;Cueillette;13004;35;13;;;;;;;;;\n"
           "A-5;2;2099-04-01;2099-08-31;A1401;kiwis;Cueillette;99999;35;13;;;;;;;;;\n"
           "A-6;4;2099-04-01;2099-08-31;A1401;kiwis;Cueillette;13004;35;13" HOUSED
           "A-7;1;2099-04-01;2099-08-31;A1401;kiwis;Cueillette;13004;35;13;;;;;;;;;\n"
           "A-7;1;2099-04-01;2099-08-31;A1401;kiwis;Cueillette;13004;35;13;;;;;;;;;\n"
           "A-8;1;2099-04-01;2099-08-31;A1401;kiwis;au 06 12 34 56 78;13004;35;13;;;;;;;;;\n"
           "A-9;1;2099-04-01;2099-08-31;A1401;kiwis;Cueillette;13004;35;13;men:9;;;;;;;;\n";

static void import_file(struct one *one) {
    struct act act = {.one = one, .db = farm(one), .file = SPAN_LIT(file)};
    struct rows rows;
    ck_assert_int_eq(do_it(&act, import_own), OK);
    ck_assert_int_eq(act.import.ok, 2);
    ck_assert_int_eq(act.import.same, 0);
    ck_assert_int_eq(act.import.bad, 8);
    int64_t batch = act.import.id;
    ck_assert_int_eq(db_one(act.db, Q_CONTRACT_IMPORT_ERRORS, ARGS(arg_int("id", batch)), &rows),
                     OK);
    const char *errors = rows_text(&rows, one->arena, 0, "errors");
    static const char *const lines[] = {
        "row,field,rule,message,employer_ref,places,",
        ("\r\n3,hourly_wage,below_smic,\"The hourly wage is below the minimum wage of these dates, "
         "EUR 12.02. Raise it.\",A-2,2,2099-04-01,2099-08-31,A1401,pêches,"),
        "\r\n4,employer_ref,required,\"A value is required.\",,2,",
        "\r\n5,places,bad_number,",
        "\r\n5,first_day,bad_date,",
        ",\"'=1+1\",",
        "\r\n6,commune,unknown_reference,",
        "\r\n7,rooms,housing_too_few_beds,",
        "\r\n9,employer_ref,duplicate,",
        "\r\n10,tasks,names_employer,\"The text shows a telephone number.",
        "\r\n11,rooms,wrong_type,",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        ck_assert_msg(strstr(errors, lines[i]) != NULL, "%s not in %s", lines[i], errors);
    }
    /* Another employer does not see the batch. */
    struct db *other = handle(one, DB_EMPLOYER, OTHER, "employer");
    ck_assert_int_eq(db_one(other, Q_CONTRACT_IMPORT_ERRORS, ARGS(arg_int("id", batch)), &rows),
                     ERR_NOT_FOUND);
    ck_assert_int_eq(do_it(&act, import_own), OK);
    ck_assert_int_eq(act.import.id, batch);
    ck_assert_int_eq(act.import.ok, 0);
    ck_assert_int_eq(act.import.same, 2 + 1); /* the second A-7 is there already now */
    ck_assert_int_eq(act.import.bad, 7);
}

START_TEST(a_file_goes_in_once) {
    struct bed bed = {0};
    bed_run(&bed, 1, import_file);
    ck_assert_int_eq(owner(Q_TEST_CONTRACT_ROOMS, "A-1"), 1);
    ck_assert_int_eq(owner(Q_TEST_CONTRACT_ROOMS, "A-7"), 0);
    ck_assert_int_eq(owner(Q_TEST_CONTRACT_LEAVES, "contract.import"), 2);
}
END_TEST

static void broken_files(struct one *one) {
    struct act act = {.one = one, .db = farm(one)};
    static const struct {
        const char *text;
        Err err;
        const char *field;
        Err fault;
    } cases[] = {
        {"", ERR_CSV_EMPTY, "file", ERR_CSV_EMPTY},
        {"employer_ref;sex\n", ERR_INVALID_INPUT, "sex", ERR_CRITERION_BLOCKED},
        {"places\n", ERR_INVALID_INPUT, "crop", ERR_REQUIRED},
        {HEADER "A-20;3;2099-04-01;2099-08-31;A1401;p;C;13004;35;13;;;;;;;;;\n\"",
         ERR_CSV_QUOTE_OPEN, "file", ERR_CSV_QUOTE_OPEN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        act.file = span_of(cases[i].text);
        ck_assert_int_eq(do_it(&act, import_own), cases[i].err);
        has_fault(one, cases[i].field, cases[i].fault);
    }
}

START_TEST(a_broken_file_leaves_nothing) {
    struct bed bed = {0};
    bed_run(&bed, 1, broken_files);
    ck_assert_int_eq(owner(Q_TEST_CONTRACT_VERSION, "A-20"), 0);
}
END_TEST

#define FOR_OTHERS                                                                                 \
    "siret,employer_name,employer_naf,employer_hectares,employer_active_from,employer_ref,places," \
    "first_day,last_day,rome,crop,tasks,commune,weekly_hours,hourly_wage,proof_kind,"              \
    "proof_reference,proof_from,proof_to,hectares\n"
#define WORK "2099-04-01,2099-08-31,A1401,kiwi,Picking,13004,35,13,offer,123,%s,%s,50\n"

static void officers_file(struct one *one) {
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    date_format(clock_today(&one->bed->clock) - 30, from);
    date_format(clock_today(&one->bed->clock), to);
    const char *text =
        arena_printf(one->arena,
                     FOR_OTHERS "55208131766522,,,,,B-1,2," WORK
                                "39860733300059,New farm,01.24Z,500,2015-01-01,B-2,2," WORK
                                "39860733300059,,,,,B-3,2," WORK "40483304800022,,,,,B-4,2," WORK
                                "40483304800023,X,01.24Z,,,B-5,2," WORK,
                     from, to, from, to, from, to, from, to, from, to);
    struct act act = {.one = one, .db = office(one), .file = span_of(text), .submit = true};
    struct rows rows;
    ck_assert_int_eq(do_it(&act, import_for_others), OK);
    ck_assert_int_eq(act.import.ok, 3);
    ck_assert_int_eq(act.import.bad, 2);
    ck_assert_int_eq(
        db_one(act.db, Q_CONTRACT_IMPORT_ERRORS, ARGS(arg_int("id", act.import.id)), &rows), OK);
    const char *errors = rows_text(&rows, one->arena, 0, "errors");
    ck_assert_ptr_nonnull(strstr(errors, "\r\n5,siret,unknown_employer,"));
    ck_assert_ptr_nonnull(strstr(errors, "\r\n6,siret,bad_siret,"));
    /* An employer sends no file for another. */
    act.db = farm(one);
    ck_assert_int_eq(do_it(&act, import_own), OK);
    ck_assert_int_eq(act.import.ok, 0);
    ck_assert_int_eq(act.import.bad, 5);
}

START_TEST(officers_import_for_employers) {
    struct bed bed = {0};
    bed_run(&bed, 1, officers_file);
    ck_assert_int_eq(owner(Q_TEST_CONTRACT_ORG, "39860733300059"), 1);
    ck_assert_int_eq(owner(Q_TEST_CONTRACT_ORG, "40483304800022"), 0);
    ck_assert_int_eq(owner(Q_TEST_CONTRACT_COUNT, "submitted"), 3);
    ck_assert_int_eq(owner(Q_TEST_CONTRACT_VERSION, "B-2"), 2);
}
END_TEST

/* More than one chunk, and each row once. */
static void many_rows(struct one *one) {
    struct buf text;
    buf_init(&text, one->arena, 1 << 20);
    buf_text(&text, HEADER);
    for (int i = 0; i < 1203; i++) {
        buf_printf(&text, "M-%d;3;2099-04-01;2099-08-31;A1401;pommes;Cueillette;%s;35;13" HOUSED, i,
                   i % 400 == 7 ? "00000" : "13004");
    }
    struct act act = {.one = one, .db = farm(one), .file = (struct span){text.ptr, text.len}};
    ck_assert_int_eq(do_it(&act, import_own), OK);
    ck_assert_int_eq(act.import.ok, 1200);
    ck_assert_int_eq(act.import.bad, 3);
}

START_TEST(many_rows_in_chunks) {
    struct bed bed = {0};
    bed_run(&bed, 1, many_rows);
    ck_assert_int_eq(owner(Q_TEST_CONTRACT_ROOMS, "M-1202"), 1);
}
END_TEST

/* --- beside the loop ---------------------------------------------------------------------------
 */

struct spent {
    double thread;
    double process;
};

static double seconds(clockid_t clock) {
    struct timespec at;
    ck_assert_int_eq(clock_gettime(clock, &at), 0);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static struct spent spent(void) {
    return (struct spent){seconds(CLOCK_THREAD_CPUTIME_ID), seconds(CLOCK_PROCESS_CPUTIME_ID)};
}

/* The loop's own part of the processor time since then. */
static double loops_part(struct spent since) {
    struct spent now = spent();
    return (now.thread - since.thread) / (now.process - since.process);
}

static Err drop_row(void *arg, const struct csv_row *row) {
    (void)arg;
    (void)row;
    return OK;
}

/* Bad rows, so that PostgreSQL is asked nothing: all the time is that of reading them. */
static void long_file(struct one *one) {
    enum { ROWS = 15000, PASSES = 5 };
    struct buf text;
    buf_init(&text, one->arena, 1 << 20);
    buf_text(&text, HEADER);
    for (int i = 0; i < ROWS; i++) {
        buf_printf(&text,
                   "L-%d;none;2099-04-01;2099-08-31;A1401;pommes;Cueillette;13004;35;13" HOUSED, i);
    }
    struct act act = {.one = one, .db = farm(one), .file = (struct span){text.ptr, text.len}};
    struct spent before = spent();
    ck_assert_int_eq(do_it(&act, import_own), OK);
    double part = loops_part(before);
    ck_assert_int_eq(act.import.bad, ROWS);
    /* The control: the same file read on the loop, as it once was. */
    before = spent();
    for (int i = 0; i < PASSES; i++) {
        const struct csv_limits limits = {.rows = ROWS + 1};
        struct csv *csv = csv_new(one->arena, &limits, &one->faults, "file", drop_row, NULL);
        ck_assert_int_eq(csv_feed(csv, act.file), OK);
        ck_assert_int_eq(csv_end(csv), OK);
    }
    double control = loops_part(before);
    ck_assert_msg(part < 0.4, "the loop spent %.2f of an import's processor time", part);
    ck_assert_msg(control > 0.8, "the measure saw only %.2f of what the loop did", control);
}

START_TEST(a_long_file_is_read_beside_the_loop) {
    struct bed bed = {0};
    bed_run(&bed, 1, long_file);
}
END_TEST

START_TEST(made_ready) {
    up();
}
END_TEST

DB_MAIN("contract", made_ready, a_contract_lives, every_fault_is_told_at_once, a_file_goes_in_once,
        a_broken_file_leaves_nothing, officers_import_for_employers, many_rows_in_chunks,
        a_long_file_is_read_beside_the_loop)
