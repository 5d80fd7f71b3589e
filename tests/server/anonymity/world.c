#include "world.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/date.h"
#include "server/app.h"
#include "server/candidate/seal.h"

enum { FIRST_DAY = 1800000000 /* 2027-01-15 */, ZONE = 44, MEMBERS = 40, ANSWERS = 900 };

/* --- what is planted ----------------------------------------------------------------------------
 */

static int value_of(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c == '<' ? 0 : c - 'A' + 10;
}

/* Doc 9303-3, 4.9. */
static char check_digit(const char *text, size_t len) {
    static const int weights[] = {7, 3, 1};
    int sum = 0;
    for (size_t i = 0; i < len; i++) {
        sum += value_of(text[i]) * weights[i % 3];
    }
    return (char)('0' + sum % 10);
}

static char letter(int world, int n) {
    return (char)('A' + world * PEOPLE + n);
}

/* The second line of a passport's zone. */
static char *zone_line(struct arena *arena, const char *number, const char *state,
                       const char *birth, char sex) {
    char line[ZONE + 1];
    (void)snprintf(line, sizeof line, "%s%c%s%.6s%c%c320101%c<<<<<<<<<<<<<<<", number,
                   check_digit(number, 9), state, birth, check_digit(birth, 6), sex,
                   check_digit("320101", 6));
    char part[ZONE];
    (void)snprintf(part, sizeof part, "%.10s%.7s%.22s", line, line + 13, line + 21);
    char whole[ZONE + 1];
    /* the digit of an empty optional field may be a filler; the last one covers all */
    (void)snprintf(whole, sizeof whole, "%.42s<%c", line, check_digit(part, 39));
    return arena_strdup(arena, whole);
}

static const char *fill(struct arena *arena, const char *names) {
    char line[ZONE + 1];
    memset(line, '<', ZONE);
    line[ZONE] = '\0';
    memcpy(line, names, strlen(names));
    return arena_strdup(arena, line);
}

/* Who the n-th person of a world is. */
static struct identity person(struct arena *arena, int world, int n) {
    static const char *const scripts[] = {"ا", "ب", "ت", "ث", "ج", "ح", "خ", "د"};
    const char *script = scripts[world * PEOPLE + n];
    char c = letter(world, n);
    const char *sex = (world + n) % 2 == 0 ? "F" : "M";
    const char *state = world == 0 ? "MAR" : "TUN";
    const char *birth = arena_printf(arena, "8%d%02d%02d", world + n, 3 + n, 17 + world + n);
    struct identity who = {
        .surname = arena_printf(arena, "XQZ%cORBEL", c),
        .given_names = arena_printf(arena, "VYX%cMOUN", c),
        .native_surname = arena_printf(arena, "زقرنب%sوس", script),
        .native_given_names = arena_printf(arena, "ضغطشق%s", script),
        .father_name = arena_printf(arena, "FQX%cADIL", c),
        .sex = sex,
        .birth_place = arena_printf(arena, "WQJ%cVILLE", c),
        .nationality = state,
        .document_issuer = state,
        .document_number = arena_printf(arena, "Z%cX73%d4%d8", c, 1 + world, n),
        .phone = arena_printf(arena, "+21267391%d5%d02", world, n),
    };
    char day[16];
    (void)snprintf(day, sizeof day, "19%.2s-%.2s-%.2s", birth, birth + 2, birth + 4);
    ck_assert(date_parse(span_of(day), &who.birth_date));
    ck_assert(date_parse(SPAN_LIT("2032-01-01"), &who.document_expires));
    const char *names = arena_printf(arena, "P<%s%s<<%s", state, who.surname, who.given_names);
    who.mrz = arena_printf(arena, "%s\n%s", fill(arena, names),
                           zone_line(arena, who.document_number, state, birth, sex[0]));
    return who;
}

static const char *payee(struct arena *arena, int world, int n) {
    return arena_printf(arena, "JXQ%cPAYEE", letter(world, n));
}

/* How it is compared: the last nine figures. */
static const char *payee_phone(struct arena *arena, int world, int n) {
    return arena_printf(arena, "65%d5713%d9", world, n);
}

static const char *fee_place(struct arena *arena, int world, int n) {
    return arena_printf(arena, "KXQ%cDOUAR", letter(world, n));
}

static const char *fee_amount(struct arena *arena, int world, int n) {
    return arena_printf(arena, "7%d%d1.55", 3 + world, n);
}

static const char *reference(struct arena *arena, int world, int n) {
    return arena_printf(arena, "PRZQ%c-7", letter(world, n));
}

struct list {
    struct planted *items;
    int count;
};

static void plant(struct list *list, const char *field, const char *value) {
    ck_assert_int_lt(list->count, MEMBERS - 1);
    list->items[list->count++] = (struct planted){field, value};
}

static const char *digest_hex(struct arena *arena, const uint8_t digest[SEAL_DIGEST]) {
    return text_hex(arena, digest, SEAL_DIGEST);
}

struct digests {
    uint8_t passport[SEAL_DIGEST];
    uint8_t person[SEAL_DIGEST];
    uint8_t swapped[SEAL_DIGEST];
    uint8_t payee_phone[SEAL_DIGEST];
};

static struct digests digests_of(struct arena *arena, int world, int n) {
    struct digests out;
    const struct identity person_is = person(arena, world, n);
    const struct identity *who = &person_is;
    const struct seal *seal = web_app()->seal;
    seal_passport(seal, who->document_issuer, who->document_number, out.passport);
    seal_person(seal, who->surname, who->given_names, who->birth_date, out.person);
    seal_person(seal, who->surname, who->given_names, seal_swapped(who->birth_date), out.swapped);
    seal_contact(seal, "phone", payee_phone(arena, world, n), out.payee_phone);
    return out;
}

static void plant_birth(struct arena *arena, struct list *list, date birth) {
    char day[DATE_TEXT];
    date_format(birth, day);
    plant(list, "birth_date", arena_strdup(arena, day));
    plant(list, "birth_date", arena_printf(arena, "%.2s/%.2s/%.4s", day + 8, day + 5, day));
    plant(list, "birth_date", arena_printf(arena, "%.2s.%.2s.%.4s", day + 8, day + 5, day));
    plant(list, "birth_date", arena_printf(arena, "%.4s%.2s%.2s", day, day + 5, day + 8));
}

const struct planted *planted_person(struct arena *arena, int world, int n) {
    struct identity who = person(arena, world, n);
    struct digests digests = digests_of(arena, world, n);
    struct list list = {arena_array(arena, MEMBERS, sizeof(struct planted)), 0};
    for (const struct field *field = identity_fields; field->name != NULL; field++) {
        const char *value = field_text(arena, field, &who);
        if (field->kind == F_TEXT && strlen(value) > 3) {
            plant(&list, field->name, value);
        }
    }
    plant_birth(arena, &list, who.birth_date);
    plant(&list, "mrz", arena_copy(arena, who.mrz, ZONE));
    plant(&list, "mrz", arena_copy(arena, who.mrz + ZONE + 1, ZONE));
    plant(&list, "fee_payee", payee(arena, world, n));
    plant(&list, "fee_place", fee_place(arena, world, n));
    plant(&list, "fee_amount", fee_amount(arena, world, n));
    plant(&list, "fee_phone", payee_phone(arena, world, n));
    plant(&list, "fee_phone_key", digest_hex(arena, digests.payee_phone));
    plant(&list, "partner_ref", reference(arena, world, n));
    plant(&list, "passport_key", digest_hex(arena, digests.passport));
    plant(&list, "person_key", digest_hex(arena, digests.person));
    plant(&list, "swapped_key", digest_hex(arena, digests.swapped));
    return list.items;
}

const struct planted *planted_employer(struct arena *arena, int world) {
    struct list list = {arena_array(arena, MEMBERS, sizeof(struct planted)), 0};
    plant(&list, "employer", arena_printf(arena, "XQW%dGAEC BORJAC", world));
    plant(&list, "siret", arena_printf(arena, "7328293200%d074", world));
    plant(&list, "employer_ref", arena_printf(arena, "RXQ-%d-88", world));
    plant(&list, "site_address", arena_printf(arena, "%d chemin du Xqzolier", 71 + world));
    plant(&list, "housing_address", arena_printf(arena, "%d mas des Wjqontes", 31 + world));
    plant(&list, "proof_reference", arena_printf(arena, "OFQX%d7731", world));
    plant(&list, "proof_publisher", arena_printf(arena, "Agence Jqx%dontel", world));
    return list.items;
}

/* --- the season ---------------------------------------------------------------------------------
 */

static void sends(const char *role, const char *path, const char *headers, const char *body,
                  int status) {
    struct web_answer answer = web("POST", path, role, headers, body);
    ck_assert_msg(answer.status == status, "%s: %s", path, answer.all);
    web_free(&answer);
}

static void enter(struct arena *arena, const char *service, int n) {
    struct identity who = person(arena, 0, n);
    struct buf body;
    buf_init(&body, arena, 1024);
    buf_text(&body, "{");
    for (const struct field *field = identity_fields; field->name != NULL; field++) {
        const char *value = field_text(arena, field, &who);
        const char *line = strchr(value, '\n');
        if (line == NULL) {
            buf_printf(&body, "\"%s\": \"%s\", ", field->name, value);
        } else {
            buf_printf(&body, "\"%s\": \"%.*s\\n%s\", ", field->name, (int)(line - value), value,
                       line + 1);
        }
    }
    if (n == 2) { /* of the last of the partner's own, money was asked */
        buf_printf(&body,
                   "\"fee_asked\": true, \"fee_amount\": %s, \"fee_payee\": \"%s\", "
                   "\"fee_phone\": \"+212 %s\", \"fee_place\": \"%s\", ",
                   fee_amount(arena, 0, n), payee(arena, 0, n), payee_phone(arena, 0, n),
                   fee_place(arena, 0, n));
    }
    buf_printf(&body,
               "\"campaign_id\": 1, \"consent\": true, \"partner_ref\": \"%s\", "
               "\"experience_months\": %d, \"languages\": \"ar fr\", \"available_from\": "
               "\"2027-01-01\", \"available_to\": \"2027-12-31\"}",
               reference(arena, 0, n), n);
    sends(service, "/api/v1/candidates", NULL, body.ptr, 201);
}

static void make_contracts(struct arena *arena) {
    (void)web_sql("INSERT INTO org (kind, name, country, siret) VALUES"
                  " ('partner', 'Other service', 'TN', NULL),"
                  " ('employer', 'Other employer', 'FR', '55208131766522');"
                  " ALTER TABLE contract DISABLE TRIGGER USER; SELECT 1");
    web_account("stranger", "partner", "Other service");
    (void)web_sql(
        "INSERT INTO contract (campaign_id, org_id, serial, check_code, state, places, first_day, "
        "last_day, rome, crop, tasks, commune, weekly_hours, hourly_wage, language, submitted_on, "
        "due_on, housing_kind, housing_commune, proof_kind) SELECT 1, id, 'W-' || row_number() "
        "OVER (ORDER BY id), 'AAAAA' || row_number() OVER (ORDER BY id), 'approved', 2, "
        "'2027-02-01', '2027-02-28', 'A1401', 'apples', 'picking', '84007', 35, 13, 'fr', "
        "'2027-01-01', '2027-02-01', 'employer', '84007', 'offer' FROM org WHERE kind = 'employer' "
        "ORDER BY id; INSERT INTO contract_place (contract_id, campaign_id, place_no) SELECT k, 1, "
        "p FROM generate_series(1, 2) k, generate_series(1, 2) p; SELECT 1");
    (void)arena;
    world_employer(0);
}

/* A file whose one row has a fault: kept is what was wrong with it. */
static void make_import(struct arena *arena) {
    struct identity who = person(arena, 0, 0);
    const char *body = arena_printf(
        arena,
        "partner_ref,surname,given_names,document_number,available_from,available_to,consent\n"
        "%s,%s,%s,%s,2027-01-01,2026-01-01,yes\n",
        reference(arena, 0, 0), who.surname, who.given_names, who.document_number);
    struct web_answer answer = web("POST", "/api/v1/campaigns/1/candidates/import", "partner",
                                   "Content-Type: text/csv\r\n", body);
    ck_assert_msg(answer.status / 100 == 2, "import: %s", answer.all);
    web_free(&answer);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM import_batch WHERE errors_csv IS NOT NULL"), 1);
}

static void make_session(struct arena *arena) {
    sends("partner", "/api/v1/sessions", NULL,
          "{\"campaign_id\": 1, \"profile_id\": 3, \"held_on\": \"2099-01-15\", \"site\": "
          "\"Tunis\", \"capacity\": 1}",
          201);
    char token[SEAL_TOKEN];
    seal_token(web_app()->seal, 1, token);
    sends("partner", "/api/v1/sessions/1/seats", NULL,
          arena_printf(arena, "{\"seats\": [{\"token\": \"%s\"}]}", token), 200);
    sends("partner", "/api/v1/sessions/1/start", NULL, "{}", 200);
    const char *seat =
        arena_printf(arena, "/api/v1/seats/%lld", web_sql("SELECT max(id) FROM seat"));
    sends("desk", arena_printf(arena, "%s/check", seat), NULL,
          "{\"attendance\": \"present\", \"document_seen\": true, \"photo_match\": true}", 200);
    sends("partner", arena_printf(arena, "%s/second-check", seat), NULL, "{}", 200);
    sends("partner", "/api/v1/sessions/1/end", NULL, "{}", 200);
    struct buf body;
    buf_init(&body, arena, 1024);
    for (int i = 0; i < 10; i++) {
        buf_printf(&body,
                   "%s{\"seat_id\": %lld, \"criterion_id\": %lld, \"mark_no\": 1, "
                   "\"points\": 5}",
                   i == 0 ? "{\"marks\": [" : ", ", web_sql("SELECT max(id) FROM seat"),
                   web_sql(arena_printf(arena,
                                        "SELECT c.id FROM criterion c JOIN profile_exercise x ON "
                                        "x.exercise_id = c.exercise_id WHERE x.profile_id = 3 "
                                        "ORDER BY x.seq, c.seq OFFSET %d",
                                        i)));
    }
    buf_text(&body, "]}");
    sends("officer", "/api/v1/sessions/1/marks", NULL, body.ptr, 200);
}

/* What he says of it later, as he would once he was placed: beside a placement that is not there,
 * so that nobody has one yet. */
static void answer_later(struct arena *arena, int world, int n, const struct digests *digests) {
    (void)web_sql(arena_printf(
        arena,
        "SET session_replication_role = replica; DELETE FROM fee_answer WHERE placement_id = %d; "
        "INSERT INTO fee_answer (placement_id, moment, campaign_id, asked, amount, payee, "
        "phone_key, place, account_id) VALUES (%d, 'arrival', 1, true, %s, '%s', '\\x%s', '%s', "
        "1); RESET session_replication_role; SELECT 1",
        ANSWERS + n, ANSWERS + n, fee_amount(arena, world, n), payee(arena, world, n),
        digest_hex(arena, digests->payee_phone), fee_place(arena, world, n)));
}

void world_make(void) {
    struct arena *arena = arena_new();
    sends("admin", "/api/v1/clock", NULL, arena_printf(arena, "{\"at\": %d}", FIRST_DAY), 200);
    (void)web_sql("INSERT INTO campaign (code, season, name, first_day, last_day, state) VALUES "
                  "('W-2027', 2027, 'World', '2027-01-15', '2027-12-31', 'open'); SELECT 1");
    make_contracts(arena);
    (void)web_sql("INSERT INTO campaign_service (campaign_id, org_id, quota) SELECT 1, id, 10 FROM "
                  "org WHERE kind = 'partner'; UPDATE session SET expires_at = '2030-01-01'; "
                  "UPDATE api_token SET expires_at = '2030-01-01'; SELECT 1");
    for (int n = 0; n < PEOPLE; n++) {
        const char *service = n == PEOPLE - 1 ? "stranger" : "partner";
        enter(arena, service, n);
        if (n != 2) { /* who is held stays an entry */
            sends(service, arena_printf(arena, "/api/v1/candidates/%d/preselect", n + 1), NULL,
                  "{}", 200);
        }
    }
    for (int n = 0; n < PEOPLE; n++) {
        struct digests digests = digests_of(arena, 0, n);
        answer_later(arena, 0, n, &digests);
    }
    ck_assert_int_eq(web_sql("SELECT count(c.fee_phone_key) + count(c.fee_place) FROM candidate c "
                             "WHERE c.fee_phone_key IN (SELECT phone_key FROM fee_answer)"),
                     2);
    make_import(arena);
    make_session(arena);
    (void)web_sql("UPDATE campaign SET state = 'matching'; SELECT 1");
    sends("officer", "/api/v1/campaigns/1/matching-runs", NULL, "{}", 201);
    ck_assert_int_ge(web_sql("SELECT count(*) FROM proposal WHERE contract_id = 1"), 1);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM placement"), 0);
    ck_assert_int_ge(web_sql("SELECT count(*) FROM fraud_case"), 1);
    arena_free(arena);
}

/* --- others behind the same numbers -------------------------------------------------------------
 */

void world_people(int world) {
    struct arena *arena = arena_new();
    for (int n = 0; n < PEOPLE - 1; n++) {
        struct identity who = person(arena, world, n);
        struct digests digests = digests_of(arena, world, n);
        struct span sealed;
        uint8_t wrapped[SEAL_WRAPPED];
        long long worker =
            web_sql(arena_printf(arena, "SELECT worker_id FROM candidate WHERE id = %d", n + 1));
        identity_seal(web_app()->seal, arena, worker, &who, &sealed, wrapped);
        (void)web_sql(arena_printf(
            arena,
            "UPDATE worker_identity SET sealed = '\\x%s', wrapped = '\\x%s' WHERE worker_id = "
            "%lld; UPDATE candidate "
            "SET passport_key = '\\x%s', person_key = '\\x%s', swapped_key = '\\x%s', "
            "document_expires = '203%d-01-01', fee_amount = %s, fee_payee = '%s', "
            "fee_place = '%s', fee_phone_key = '\\x%s', partner_ref = '%s' WHERE id = %d; SELECT 1",
            text_hex(arena, sealed.ptr, sealed.len), text_hex(arena, wrapped, sizeof wrapped),
            worker, digest_hex(arena, digests.passport), digest_hex(arena, digests.person),
            digest_hex(arena, digests.swapped), 2 + world, fee_amount(arena, world, n),
            payee(arena, world, n), fee_place(arena, world, n),
            digest_hex(arena, digests.payee_phone), reference(arena, world, n), n + 1));
        answer_later(arena, world, n, &digests);
    }
    (void)web_sql(arena_printf(arena,
                               "ALTER TABLE mark DISABLE TRIGGER USER; UPDATE mark SET points = "
                               "%d; ALTER TABLE mark ENABLE TRIGGER USER; SELECT 1",
                               5 - world));
    arena_free(arena);
}

void world_employer(int world) {
    struct arena *arena = arena_new();
    const struct planted *is = planted_employer(arena, world);
    (void)web_sql(arena_printf(arena,
                               "UPDATE org SET name = '%s', siret = '%s' WHERE id = (SELECT org_id "
                               "FROM contract WHERE id = 1); UPDATE contract SET employer_ref = "
                               "'%s', site_address = '%s', housing_address = '%s', proof_reference "
                               "= '%s', proof_publisher = '%s' WHERE id = 1; SELECT 1",
                               is[0].value, is[1].value, is[2].value, is[3].value, is[4].value,
                               is[5].value, is[6].value));
    arena_free(arena);
}
