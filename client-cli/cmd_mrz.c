/* cmd_mrz.c - noria mrz: reads machine readable zones offline and says what is wrong with them. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../lib/base/arena.h"
#include "../server/screening/mrz.h"
#include "commands.h"
#include "output.h"

static cJSON *faults_json(const struct mrz *mrz) {
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < MRZ_FAULTS; i++) {
        if ((mrz->faults & (1U << i)) != 0) {
            cJSON_AddItemToArray(list, cJSON_CreateString(mrz_fault_name(i)));
        }
    }
    return list;
}

static const char *fault_name(enum mrz_fault fault) {
    for (int i = 0; i < MRZ_FAULTS; i++) {
        if ((unsigned)fault == 1U << i) {
            return mrz_fault_name(i);
        }
    }
    return "";
}

static cJSON *digits_json(const struct mrz *mrz) {
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < mrz->wrong_digits; i++) {
        const struct mrz_digit *wrong = &mrz->wrong[i];
        cJSON *digit = cJSON_CreateObject();
        cJSON_AddStringToObject(digit, "field", fault_name(wrong->fault));
        cJSON_AddNumberToObject(digit, "line", wrong->line);
        cJSON_AddNumberToObject(digit, "column", wrong->column);
        cJSON_AddStringToObject(digit, "found", (const char[]){wrong->found, '\0'});
        cJSON_AddStringToObject(digit, "expected", (const char[]){wrong->expected, '\0'});
        cJSON_AddItemToArray(list, digit);
    }
    return list;
}

static cJSON *fields_json(const struct mrz *mrz) {
    cJSON *fields = cJSON_CreateObject();
    cJSON_AddStringToObject(fields, "document_code", mrz->code);
    cJSON_AddStringToObject(fields, "issuer", mrz->issuer);
    cJSON_AddStringToObject(fields, "document_number", mrz->number);
    cJSON_AddStringToObject(fields, "nationality", mrz->nationality);
    cJSON_AddStringToObject(fields, "birth_date", mrz->birth);
    cJSON_AddStringToObject(fields, "sex", (const char[]){mrz->sex, '\0'});
    cJSON_AddStringToObject(fields, "expiry_date", mrz->expiry);
    if (mrz->format != MRZ_FR_CNI) {
        cJSON_AddStringToObject(fields, "optional", mrz->optional);
    }
    if (mrz->format == MRZ_TD1) {
        cJSON_AddStringToObject(fields, "optional2", mrz->optional2);
    }
    cJSON_AddStringToObject(fields, "surname", mrz->surname);
    cJSON_AddStringToObject(fields, "given_names", mrz->given);
    return fields;
}

static cJSON *known_json(bool cut, bool known) {
    return cut ? cJSON_CreateBool(known) : cJSON_CreateNull();
}

/* The verdict in the words of the standard; `id` (NULL: none) is given back as it came. */
static cJSON *verdict_json(const struct mrz *mrz, const cJSON *id) {
    const unsigned unreadable = MRZ_LINE_LENGTHS | MRZ_CHARACTERS;
    bool cut = (mrz->faults & unreadable) == 0;
    const char *format = mrz_format_name(mrz->format);
    cJSON *verdict = cJSON_CreateObject();
    if (id != NULL) {
        cJSON_AddItemToObject(verdict, "id", cJSON_Duplicate(id, true));
    }
    cJSON_AddBoolToObject(verdict, "valid", mrz->faults == 0);
    cJSON_AddItemToObject(verdict, "format",
                          format != NULL ? cJSON_CreateString(format) : cJSON_CreateNull());
    cJSON_AddItemToObject(verdict, "fields", cut ? fields_json(mrz) : cJSON_CreateObject());
    cJSON_AddItemToObject(verdict, "reasons", faults_json(mrz));
    cJSON_AddBoolToObject(verdict, "check_digits_ok", cut && (mrz->faults & MRZ_DIGITS) == 0);
    cJSON_AddItemToObject(verdict, "wrong_digits", digits_json(mrz));
    cJSON_AddItemToObject(verdict, "issuer_known",
                          known_json(cut, (mrz->doubts & MRZ_ISSUER_UNKNOWN) == 0));
    cJSON_AddItemToObject(verdict, "nationality_known",
                          known_json(cut, (mrz->doubts & MRZ_NATIONALITY_UNKNOWN) == 0));
    cJSON_AddItemToObject(verdict, "name_has_figure",
                          known_json(cut, (mrz->doubts & MRZ_NAME_FIGURE) != 0));
    cJSON_AddItemToObject(verdict, "name_missing",
                          known_json(cut, (mrz->doubts & MRZ_NAME_MISSING) != 0));
    return verdict;
}

static void print_json(cJSON *object) {
    char *text = cJSON_PrintUnformatted(object);
    puts(text);
    cJSON_free(text);
    cJSON_Delete(object);
}

static void show(const struct cli *cli, const struct mrz *mrz, const cJSON *id) {
    if (cli->json) {
        print_json(verdict_json(mrz, id));
        return;
    }
    const char *format = mrz_format_name(mrz->format);
    if (id != NULL && cJSON_IsString(id)) {
        printf("%s ", text_safe(cli->arena, id->valuestring));
    }
    printf("%s: %s\n", format == NULL ? "no document" : format,
           mrz->faults == 0 ? "valid" : "not valid");
    for (int i = 0; i < MRZ_FAULTS; i++) {
        if ((mrz->faults & (1U << i)) != 0) {
            printf("  %s\n", mrz_fault_name(i));
        }
    }
    for (int i = 0; i < mrz->wrong_digits; i++) {
        const struct mrz_digit *wrong = &mrz->wrong[i];
        printf("  line %d, character %d: '%c' stands there, '%c' is expected\n", wrong->line,
               wrong->column, wrong->found, wrong->expected);
    }
    if (mrz->surname[0] != '\0') {
        printf("  %s, %s; %s %s; born %s; until %s\n", mrz->surname, mrz->given, mrz->issuer,
               mrz->number, mrz->birth, mrz->expiry);
    }
}

static int judge(const struct cli *cli, struct span zone) {
    struct mrz mrz;
    bool valid = mrz_read(zone, &mrz);
    show(cli, &mrz, NULL);
    return valid ? EXIT_DONE : EXIT_REFUSED;
}

/* Every line of the input has its line of the answer, also one that cannot be read. */
static int refuse_json(const struct cli *cli, const cJSON *id) {
    fputs("noria mrz: a line is no JSON object with `lines`, a list of texts\n", stderr);
    if (cli->json) {
        cJSON *verdict = cJSON_CreateObject();
        cJSON_AddItemToObject(verdict, "id",
                              id != NULL ? cJSON_Duplicate(id, true) : cJSON_CreateNull());
        cJSON_AddBoolToObject(verdict, "valid", false);
        cJSON_AddNullToObject(verdict, "format");
        cJSON_AddObjectToObject(verdict, "fields");
        cJSON_AddItemToArray(cJSON_AddArrayToObject(verdict, "reasons"),
                             cJSON_CreateString("unreadable"));
        print_json(verdict);
    }
    return EXIT_UNREADABLE;
}

static int judge_lines(const struct cli *cli, const cJSON *lines, const cJSON *id) {
    struct span texts[4] = {{"", 0}, {"", 0}, {"", 0}, {"", 0}};
    int count = 0;
    const cJSON *line;
    struct mrz mrz;
    cJSON_ArrayForEach(line, lines) {
        if (!cJSON_IsString(line)) {
            return refuse_json(cli, id);
        }
        if (count < 4) {
            texts[count++] = span_of(line->valuestring);
        }
    }
    bool valid = mrz_read_lines(texts, count, &mrz);
    show(cli, &mrz, id);
    return valid ? EXIT_DONE : EXIT_REFUSED;
}

/* One line of a file of JSON objects with `lines` (a list of texts) and perhaps `id`. */
static int judge_json(const struct cli *cli, struct span text) {
    cJSON *object = cJSON_ParseWithLength(text.ptr, text.len);
    const cJSON *lines = cJSON_GetObjectItemCaseSensitive(object, "lines");
    const cJSON *id = cJSON_GetObjectItemCaseSensitive(object, "id");
    int code = cJSON_IsArray(lines) ? judge_lines(cli, lines, id) : refuse_json(cli, id);
    cJSON_Delete(object);
    return code;
}

/* A file holds one zone, or a JSON object a line. */
static int judge_file(const struct cli *cli, const char *path) {
    struct span content;
    if (read_file(cli->arena, path, &content) != OK) {
        fprintf(stderr, "noria mrz: cannot read %s\n", path);
        return EXIT_UNREADABLE;
    }
    if (content.len == 0 || content.ptr[0] != '{') {
        return judge(cli, content);
    }
    int worst = EXIT_DONE;
    for (size_t at = 0; at < content.len;) {
        const char *end = memchr(content.ptr + at, '\n', content.len - at);
        size_t size = end == NULL ? content.len - at : (size_t)(end - content.ptr) - at;
        if (size > 0) {
            int code = judge_json(cli, (struct span){content.ptr + at, size});
            worst = code > worst ? code : worst;
        }
        at += size + 1;
    }
    return worst;
}

int cmd_mrz(struct cli *cli) {
    if (cli->argc == 0) {
        return judge_file(cli, "-");
    }
    if (strcmp(cli->argv[0], "-") == 0 || access(cli->argv[0], R_OK) == 0) {
        int worst = EXIT_DONE;
        for (int i = 0; i < cli->argc; i++) {
            int code = judge_file(cli, cli->argv[i]);
            worst = code > worst ? code : worst;
        }
        return worst;
    }
    struct buf zone;
    buf_init(&zone, cli->arena, 128);
    for (int i = 0; i < cli->argc; i++) {
        buf_text(&zone, cli->argv[i]);
        buf_char(&zone, '\n');
    }
    return judge(cli, (struct span){zone.ptr, zone.len});
}
