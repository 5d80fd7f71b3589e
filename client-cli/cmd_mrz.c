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
static int refuse_json(const struct cli *cli, int number, const cJSON *id) {
    (void)fflush(stdout); /* so that the two keep their order on one terminal */
    fprintf(stderr, "noria mrz: line %d is no JSON object with one `lines`, a list of texts\n",
            number);
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
        if (count < 4) {
            texts[count++] = span_of(line->valuestring);
        }
    }
    bool valid = mrz_read_lines(texts, count, &mrz);
    show(cli, &mrz, id);
    return valid ? EXIT_DONE : EXIT_REFUSED;
}

/* A copy in which NUL, raw or escaped, is another character that no zone has: a C string would end
 * there, and what stands behind it would go unseen. */
static struct span without_nul(struct arena *arena, struct span text) {
    static const char escape[] = "\\u0000";
    char *copy = arena_copy(arena, text.ptr, text.len);
    for (size_t i = 0; i < text.len; i++) {
        if (copy[i] == '\0') {
            copy[i] = '\x01';
        } else if (copy[i] == '\\') {
            if (text.len - i >= sizeof escape - 1 &&
                memcmp(copy + i, escape, sizeof escape - 1) == 0) {
                copy[i + sizeof escape - 2] = '1';
            }
            i++; /* what is escaped begins no escape */
        }
    }
    return (struct span){copy, text.len};
}

/* One JSON object and nothing behind it; NULL otherwise. */
static cJSON *object_read(struct arena *arena, struct span text) {
    struct span safe = without_nul(arena, text);
    const char *end = NULL;
    cJSON *object =
        text_is_utf8(text) ? cJSON_ParseWithLengthOpts(safe.ptr, safe.len, &end, false) : NULL;
    size_t rest = object == NULL ? 0 : safe.len - (size_t)(end - safe.ptr);
    if (object != NULL &&
        (!cJSON_IsObject(object) || text_trim((struct span){end, rest}).len > 0)) {
        cJSON_Delete(object);
        return NULL;
    }
    return object;
}

/* The member of that name; `*count` gets how many there are. */
static const cJSON *member(const cJSON *object, const char *name, int *count) {
    const cJSON *found = NULL;
    const cJSON *item;
    *count = 0;
    cJSON_ArrayForEach(item, object) {
        if (strcmp(item->string, name) == 0) {
            found = item;
            ++*count;
        }
    }
    return found;
}

static bool all_texts(const cJSON *lines) {
    const cJSON *line;
    cJSON_ArrayForEach(line, lines) {
        if (!cJSON_IsString(line)) {
            return false;
        }
    }
    return cJSON_IsArray(lines);
}

/* One line of a file of JSON objects with `lines` (a list of texts) and perhaps `id`, each once:
 * two would be read as the first by one program and as the last by another. */
static int judge_json(const struct cli *cli, int number, struct span text) {
    int times, ids;
    cJSON *object = object_read(cli->arena, text);
    const cJSON *lines = member(object, "lines", &times);
    const cJSON *id = member(object, "id", &ids);
    bool sound = times == 1 && ids <= 1 && all_texts(lines);
    int code = sound ? judge_lines(cli, lines, id) : refuse_json(cli, number, id);
    cJSON_Delete(object);
    return code;
}

static bool next_line(struct span *rest, struct span *line) {
    if (rest->len == 0) {
        return false;
    }
    const char *end = memchr(rest->ptr, '\n', rest->len);
    size_t size = end == NULL ? rest->len : (size_t)(end - rest->ptr);
    *line = text_trim((struct span){rest->ptr, size});
    size += end != NULL;
    *rest = (struct span){rest->ptr + size, rest->len - size};
    return true;
}

/* No line of a zone begins with a brace. */
static bool is_json_lines(struct span content) {
    struct span line;
    while (next_line(&content, &line)) {
        if (line.len > 0 && line.ptr[0] == '{') {
            return true;
        }
    }
    return false;
}

/* A file holds one zone, or a JSON object a line; blank lines among those have no answer. */
static int judge_file(const struct cli *cli, const char *path) {
    static const char mark[] = "\xef\xbb\xbf"; /* which some editors write first */
    struct span content, line;
    if (read_file(cli->arena, path, &content) != OK) {
        fprintf(stderr, "noria mrz: cannot read %s\n", path);
        return EXIT_UNREADABLE;
    }
    if (content.len >= 3 && memcmp(content.ptr, mark, 3) == 0) {
        content = (struct span){content.ptr + 3, content.len - 3};
    }
    if (!is_json_lines(content)) {
        return judge(cli, content);
    }
    int worst = EXIT_DONE;
    for (int number = 1; next_line(&content, &line); number++) {
        if (line.len > 0) {
            int code = judge_json(cli, number, line);
            worst = code > worst ? code : worst;
        }
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
