/* `noria matching replay`: runs an exported matching again, offline, and says whether the result is
 * the one that was stored. The other acts of `noria matching` are calls of the API. */
#include <cjson/cJSON.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "../server/matching/exported.h"
#include "output.h"
#include "resource.h"

static void print_json(const struct match_again *again) {
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddStringToObject(answer, "rule", again->rule);
    cJSON_AddBoolToObject(answer, "inputs_same", again->inputs_same);
    cJSON_AddBoolToObject(answer, "result_same", again->result_same);
    cJSON_AddStringToObject(answer, "result_sha256", again->result_hash);
    cJSON_AddNumberToObject(answer, "places", again->output.places);
    cJSON_AddNumberToObject(answer, "assigned", again->output.assigned);
    cJSON_AddNumberToObject(answer, "held_back", again->output.held_back);
    char *text = cJSON_PrintUnformatted(answer);
    puts(text);
    cJSON_free(text);
    cJSON_Delete(answer);
}

static int replay(struct cli *cli, const char *path, const char *out) {
    struct span file;
    struct match_exported run;
    struct match_again again;
    int line = 0;
    if (read_file(cli->arena, path, &file) != OK) {
        fprintf(stderr, "noria matching: cannot read %s\n", text_safe(cli->arena, path));
        return EXIT_UNREADABLE;
    }
    if (sodium_init() < 0 || exported_read(file, &run) != OK) {
        fputs("noria matching: this is no exported run (noria matching export ID --out FILE)\n",
              stderr);
        return EXIT_UNREADABLE;
    }
    Err err = exported_run(cli->arena, &run, &again, &line);
    if (err != OK) {
        fprintf(stderr, "noria matching: the inputs %s (line %d of them)\n",
                err == ERR_LIMIT ? "are too large"
                                 : "are of no rule that this program carries, or broken",
                line);
        return EXIT_UNREADABLE;
    }
    if (out != NULL && write_file(out, again.result, 0644) != OK) {
        fprintf(stderr, "noria matching: cannot write %s\n", text_safe(cli->arena, out));
        return EXIT_UNREADABLE;
    }
    bool same = again.inputs_same && again.result_same;
    if (cli->json) {
        print_json(&again);
    } else {
        if (out == NULL) {
            fwrite(again.result.ptr, 1, again.result.len, stdout);
        }
        fprintf(stderr, "inputs %s, result %s (SHA-256 %s); %d of %d places filled\n",
                again.inputs_same ? "as stated" : "NOT as stated",
                again.result_same ? "the same byte for byte" : "DIFFERENT", again.result_hash,
                again.output.assigned, again.output.places);
    }
    return same ? EXIT_DONE : EXIT_REFUSED;
}

/* A file is run again here; a number is a run that the server runs again. */
int cmd_matching(struct cli *cli) {
    if (cli->argc > 0 && strcmp(cli->argv[0], "replay") == 0) {
        const char *out = cli_option(cli, "out");
        if (cli->argc != 2) {
            return cli_usage("matching", "name one exported run");
        }
        if (strspn(cli->argv[1], "0123456789") != strlen(cli->argv[1])) {
            return replay(cli, cli->argv[1], out);
        }
    }
    cli->argc++;
    cli->argv--;
    return cmd_resource(cli);
}
