#include "verify_show.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/base/arena.h"
#include "../lib/base/date.h"
#include "../lib/base/money.h"
#include "output.h"
#include "trust_print.h"

/* Labels of the claims that a person reads: en, fr, ar. Others are in --json only. */
static const struct {
    const char *name;
    const char *label[3];
} labels[] = {
    {"kind", {"Kind", "Nature", "النوع"}},
    {"full_name", {"Name", "Nom", "الاسم"}},
    {"second_name", {"Name (second script)", "Nom (autre écriture)", "الاسم بالكتابة الأصلية"}},
    {"birth_date", {"Born", "Né(e) le", "تاريخ الميلاد"}},
    {"gender", {"Sex", "Sexe", "الجنس"}},
    {"nationality", {"Nationality", "Nationalité", "الجنسية"}},
    {"passport", {"Passport", "Passeport", "جواز السفر"}},
    {"document_number", {"Document", "Document", "رقم الوثيقة"}},
    {"employer", {"Employer", "Employeur", "صاحب العمل"}},
    {"siret", {"SIRET", "SIRET", "رقم المنشأة"}},
    {"commune", {"Commune (INSEE)", "Commune (INSEE)", "البلدية"}},
    {"rome", {"Job (ROME)", "Métier (ROME)", "المهنة"}},
    {"first_day", {"First day", "Premier jour", "أول يوم"}},
    {"last_day", {"Last day", "Dernier jour", "آخر يوم"}},
    {"authorisation", {"Authorisation", "Autorisation", "رقم الترخيص"}},
    {"contract", {"Contract", "Contrat", "العقد"}},
    {"campaign", {"Campaign", "Campagne", "الحملة"}},
    {"places", {"Places", "Postes", "عدد الوظائف"}},
    {"wage",
     {"Gross hourly wage (EUR)", "Salaire horaire brut (EUR)", "الأجر الإجمالي للساعة (يورو)"}},
    {"clean_seasons", {"Clean seasons", "Saisons sans incident", "مواسم دون مخالفات"}},
    {"iss", {"Issued by", "Émis par", "جهة الإصدار"}},
    {"iat", {"Issued", "Émis le", "تاريخ الإصدار"}},
    {"exp", {"Valid until", "Valable jusqu'au", "صالحة إلى غاية"}},
    {NULL, {NULL, NULL, NULL}},
};

static const char *const kinds[][3] = {
    {"", "", ""},
    {"worker document", "document de travailleur", "وثيقة عامل"},
    {"contract notice (names nobody)", "avis de contrat (ne nomme personne)",
     "إشعار عقد (لا يسمي أحدا)"},
    {"season record", "relevé de saisons", "سجل المواسم"},
};

static const char *const sexes[][3] = {{"", "", ""},
                                       {"male", "masculin", "ذكر"},
                                       {"female", "féminin", "أنثى"},
                                       {"other", "autre", "آخر"}};

enum sw1_lang show_language(const char *given) {
    const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < 3 && (given == NULL || *given == '\0'); i++) {
        given = getenv(names[i]);
    }
    if (given != NULL && strncmp(given, "fr", 2) == 0) {
        return SW1_FR;
    }
    return given != NULL && strncmp(given, "ar", 2) == 0 ? SW1_AR : SW1_EN;
}

/* A claim as safe text for a person (or a program: `plain`). */
static const char *claim_text(struct arena *arena, const struct sw1_shown *claim, int lang,
                              bool plain) {
    struct buf out;
    buf_init(&out, arena, 64);
    char day[DATE_TEXT];
    char money[MONEY_TEXT];
    if (claim->time) {
        buf_text(&out, time_text(arena, claim->value));
    } else if (claim->day) {
        date_format((date)claim->value, day);
        buf_text(&out, day);
    } else if (claim->binary) {
        buf_text(&out, text_hex(arena, claim->text.ptr, claim->text.len));
    } else if (!claim->number) {
        buf_safe(&out, claim->text);
    } else if (!plain && strcmp(claim->name, "kind") == 0) {
        buf_text(&out, kinds[claim->value][lang]);
    } else if (!plain && strcmp(claim->name, "gender") == 0) {
        buf_text(&out, sexes[claim->value][lang]);
    } else if (!plain && strcmp(claim->name, "wage") == 0) {
        money_format(claim->value, money);
        buf_text(&out, money);
    } else if (!plain && strcmp(claim->name, "siret") == 0) {
        buf_printf(&out, "%014lld", (long long)claim->value);
    } else {
        buf_printf(&out, "%lld", (long long)claim->value);
    }
    return out.ptr;
}

static bool claim_named(const struct sw1_claims *claims, const char *name,
                        struct sw1_shown *shown) {
    for (int i = 0; i < sw1_claims_rows(); i++) {
        if (sw1_claims_show(claims, i, shown) && strcmp(shown->name, name) == 0) {
            return true;
        }
    }
    return false;
}

static cJSON *json_head(const struct show *show, const char *input, const char *code,
                        enum sw1_exit exit, const char *sentence) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "input", text_safe(show->cli->arena, input));
    cJSON_AddStringToObject(object, "code", code);
    cJSON_AddBoolToObject(object, "valid", exit == SW1_EXIT_VALID);
    cJSON_AddNumberToObject(object, "exit", exit);
    cJSON_AddStringToObject(object, "sentence", sentence);
    return object;
}

static void json_print(cJSON *object) {
    char *text = cJSON_PrintUnformatted(object);
    puts(text);
    cJSON_free(text);
    cJSON_Delete(object);
}

static void json_document(const struct show *show, const char *input, int line,
                          const struct sw1_answer *answer) {
    struct arena *arena = show->cli->arena;
    cJSON *object = json_head(show, input, sw1_code_name(answer->code), sw1_code_exit(answer->code),
                              sw1_code_sentence(answer->code, show->lang));
    if (line > 0) {
        cJSON_AddNumberToObject(object, "line", line);
    }
    if (answer->kid.ptr != NULL) {
        cJSON_AddStringToObject(object, "kid", text_hex(arena, answer->kid.ptr, answer->kid.len));
    }
    if (answer->wrong != NULL) {
        cJSON_AddStringToObject(object, "wrong", answer->wrong);
    }
    if (answer->status_iat != 0) {
        cJSON_AddStringToObject(object, "status_list_issued_at",
                                time_text(arena, answer->status_iat));
    }
    cJSON *claims = answer->shown ? cJSON_AddObjectToObject(object, "claims") : NULL;
    for (int i = 0; claims != NULL && i < sw1_claims_rows(); i++) {
        struct sw1_shown shown;
        if (!sw1_claims_show(&answer->claims, i, &shown)) {
            continue;
        }
        if (shown.number && !shown.time && !shown.day) {
            cJSON_AddNumberToObject(claims, shown.name, (double)shown.value);
        } else {
            cJSON_AddStringToObject(claims, shown.name, claim_text(arena, &shown, 0, true));
        }
    }
    json_print(object);
}

static void print_head(const struct show *show, const char *input, int line, const char *code,
                       const char *sentence) {
    fputs(text_safe(show->cli->arena, input), stdout);
    if (line > 0) {
        printf(":%d", line);
    }
    printf(": %s\n  %s\n", code, sentence);
}

void show_document(const struct show *show, const char *input, int line,
                   const struct sw1_answer *answer) {
    struct arena *arena = show->cli->arena;
    if (show->quiet) {
        return;
    }
    if (show->cli->json) {
        json_document(show, input, line, answer);
        return;
    }
    print_head(show, input, line, sw1_code_name(answer->code),
               sw1_code_sentence(answer->code, show->lang));
    struct sw1_shown shown;
    if (answer->wrong != NULL) {
        printf("  (%s)\n", answer->wrong);
    }
    for (int i = 0; answer->shown && labels[i].name != NULL; i++) {
        if (claim_named(&answer->claims, labels[i].name, &shown)) {
            printf("  %s: %s\n", labels[i].label[show->lang],
                   claim_text(arena, &shown, show->lang, false));
        }
    }
    if (answer->code == SW1_STATUS_MISSING && claim_named(&answer->claims, "status_uri", &shown)) {
        printf("  %s\n", claim_text(arena, &shown, show->lang, false));
    }
}

void show_fault(const struct show *show, const char *input, enum input_fault fault) {
    const char *sentence = input_fault_sentence(fault, show->lang);
    if (show->quiet) {
        return;
    }
    if (show->cli->json) {
        json_print(json_head(show, input, input_fault_name(fault), SW1_EXIT_UNREADABLE, sentence));
        return;
    }
    print_head(show, input, 0, input_fault_name(fault), sentence);
}

void show_act(const struct show *show, const char *input, enum sw1_code code, struct span iss,
              int64_t iat) {
    struct arena *arena = show->cli->arena;
    const char *sentence = sw1_code_sentence(code, show->lang);
    struct buf issuer;
    buf_init(&issuer, arena, 64);
    buf_safe(&issuer, iss);
    if (show->quiet) {
        return;
    }
    if (show->cli->json) {
        cJSON *object = json_head(show, input, sw1_code_name(code), sw1_code_exit(code), sentence);
        cJSON_AddStringToObject(object, "kind", "closing act");
        if (code == SW1_VALID) {
            cJSON_AddStringToObject(object, "issuer", issuer.ptr);
            cJSON_AddStringToObject(object, "signed_at", time_text(arena, iat));
        }
        json_print(object);
        return;
    }
    print_head(show, input, 0, sw1_code_name(code), sentence);
    if (code == SW1_VALID) {
        printf("  %s, %s\n", issuer.ptr, time_text(arena, iat));
    }
}
