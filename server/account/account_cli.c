#include "account_cli.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../db/command.h"
#include "../settings.h"
#include "account.h"
#include "factor.h"
#include "weak.h"

enum { USAGE = 64, REFUSED = 3 };

struct cli_job {
    struct arena *arena;
    struct faults faults;
    struct db *db;
    bool bootstrap;
    struct account account;
    char hash[PASSWORD_HASH];    /* bootstrap */
    uint8_t code[RECOVERY_HASH]; /* add */
    bool nothing;                /* bootstrap of a database that has accounts */
    Err err;
};

static const char *ask_password(struct arena *arena) {
    const char *given = getenv("NORIA_PASSWORD");
    char *line = arena_alloc(arena, PASSWORD_MAX * 4 + 2);
    if (given != NULL) {
        return given;
    }
    if (fgets(line, PASSWORD_MAX * 4 + 2, stdin) == NULL) {
        return "";
    }
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}

static Err make(void *arg) {
    struct cli_job *job = arg;
    struct rows rows;
    if (job->bootstrap) {
        TRY(db_run(job->db, Q_ORG_FIRST, ARGS(arg_text("name", "OFII")), &rows));
        if (rows.count == 0) {
            job->nothing = true;
            return OK;
        }
        job->account.org_id = rows_int(&rows, 0, "id");
    } else {
        TRY(db_one(job->db, Q_ORG_KIND, ARGS(arg_int("id", job->account.org_id)), &rows));
        TRY(account_check(job->account.role, rows_text(&rows, job->arena, 0, "kind"),
                          &job->faults));
    }
    return db_one(
        job->db, Q_ACCOUNT_CREATE,
        ARGS(arg_record(account_fields, &job->account),
             arg_text("hash", job->bootstrap ? job->hash : NULL),
             job->bootstrap ? arg_null("code") : arg_bytes("code", job->code, sizeof job->code)),
        &rows);
}

static Err make_account(struct db *db, void *arg, bool *more) {
    (void)more;
    struct cli_job *job = arg;
    struct db_answer answer = {0};
    bool replayed = false;
    job->db = db;
    return db_tx(db, &(struct db_once){NULL, NULL}, make, job, &answer, &replayed);
}

static int tell(const struct cli_job *job) {
    if (job->err != OK) {
        (void)fprintf(stderr, "noria-server: %s\n", err_sentence(job->err));
        for (size_t i = 0; i < job->faults.count && i < FAULTS_MAX; i++) {
            const struct fault *f = &job->faults.list[i];
            (void)fprintf(stderr, "  %s: %s\n", f->field,
                          err_text(job->faults.arena, f->err, f->detail));
        }
        return REFUSED;
    }
    printf(job->nothing ? "there are accounts already; nothing done\n" : "account %s made\n",
           job->account.email);
    return 0;
}

static bool known_role(const char *role) {
    const struct field *field = field_find(account_fields, "role");
    for (int i = 0; field->choices[i] != NULL; i++) {
        if (strcmp(field->choices[i], role) == 0) {
            return true;
        }
    }
    return false;
}

static bool read_arguments(struct cli_job *job, int argc, char **argv) {
    if (argc == 2 && strcmp(argv[0], "bootstrap") == 0) {
        job->bootstrap = true;
        job->account = (struct account){0, "admin", argv[1], "Administrator", "fr"};
        return true;
    }
    if (argc != 5 || strcmp(argv[0], "add") != 0 || !known_role(argv[2])) {
        return false;
    }
    job->account = (struct account){0, argv[2], argv[1], argv[4], "fr"};
    return text_int(span_of(argv[3]), &job->account.org_id);
}

/* Of the first administrator, who runs the server: from NORIA_PASSWORD or standard input. */
static Err first_password(struct cli_job *job) {
    const char *password = ask_password(job->arena);
    size_t length = text_length(span_of(password));
    if (length < PASSWORD_MIN) {
        return fault(&job->faults, "password", ERR_TOO_SHORT, "12");
    }
    if (length > PASSWORD_MAX) {
        return fault(&job->faults, "password", ERR_TOO_LONG, "200");
    }
    TRY(password_weak(job->arena, password, job->account.email, NULL, NULL, &job->faults));
    return password_hash(password, job->hash);
}

int account_command(const struct settings *settings, int argc, char **argv) {
    struct cli_job job = {0};
    if (!read_arguments(&job, argc, argv)) {
        (void)fputs("usage: noria-server account bootstrap EMAIL\n"
                    "       noria-server account add EMAIL ROLE ORG_ID NAME\n",
                    stderr);
        return USAGE;
    }
    job.arena = arena_new();
    faults_init(&job.faults, job.arena);
    const char *code = NULL;
    Err ready = sodium_init() < 0 ? ERR_CRYPTO : OK;
    if (ready == OK && job.bootstrap) {
        ready = first_password(&job);
    } else if (ready == OK) {
        code = recovery_draw(job.arena, job.code);
    }
    job.err = ready == OK ? db_command(settings->database_url, settings->database_password, NULL,
                                       &job.faults, make_account, &job)
                          : ready;
    int exit_code = tell(&job);
    if (exit_code == 0 && code != NULL) {
        printf("activation code, good once and for seven days: %s\n", code);
    }
    arena_free(job.arena);
    return exit_code;
}
