#!/bin/bash
# The rules of the house that a machine can see (tools/style.pl), over the whole tree. Before that, a
# self-test: each rule must fire on a planted example, and must be silent on a clean one, or the check
# itself is broken. `check-style.sh --self-test` does only that.
set -euo pipefail
cd "$(dirname "$0")/.."
style=$PWD/tools/style.pl
trial=$(mktemp -d)
trap 'rm -rf "$trial"' EXIT
checked=0

# plant RULE FILE CONTENT: the rule must fire on that file alone.
plant() {
    local rule=$1 file=$2 out
    shift 2
    [[ $1 != -- ]] || shift
    local content=$1
    rm -rf "${trial:?}"/*
    mkdir -p "$trial/server/run" "$trial/server/db" "$trial/server/http" "$trial/server/view" \
        "$trial/server/campaign" "$trial/server/contract" "$trial/$(dirname "$file")"
    printf -- '%b' "$content" >"$trial/$file"
    out=$(perl "$style" "$trial" || true)
    if [[ $rule == clean ]]; then
        [[ -z $out ]] || { echo "check-style: clean example of $file found: $out" >&2; exit 1; }
    else
        grep -q ": $rule: " <<<"$out" ||
            { echo "check-style: rule $rule is silent on its planted example ($file): $out" >&2; exit 1; }
    fi
    checked=$((checked + 1))
}

self_test() {
    plant libpq server/campaign/campaign.c '#include <libpq-fe.h>\n'
    plant libpq server/http/daemon.c 'void f(void) {\n    PQclear(r);\n}\n'
    plant mhd server/campaign/campaign_web.c 'void f(void) {\n    MHD_queue_response(c, 200, r);\n}\n'
    plant dependency lib/base/text.c '#include "../sw1/cose.h"\n'
    plant dependency server/run/task.c '#include "../db/db.h"\n'
    plant dependency server/db/pool.c '#include "../http/req.h"\n'
    plant dependency server/campaign/campaign.c '#include "../http/req.h"\n'
    plant dependency server/campaign/campaign.c '#include "../../client-cli/output.h"\n'
    plant dependency client-cli/main.c '#include "../server/db/db.h"\n'
    plant feature-header server/campaign/campaign.c '#include "../contract/contract_housing.h"\n'
    plant long-file lib/base/text.c "$(printf 'int a(void);\\n%.0s' {1..501})"
    plant long-function lib/base/text.c "static void f(void) {\\n$(printf '    g();\\n%.0s' {1..60})}\\n"
    plant url-compare server/campaign/campaign_web.c 'void f(void) {\n    strcmp(req->url, "x");\n}\n'
    plant sql-in-c server/campaign/campaign.c 'static const char *const q = "SELECT 1";\n'
    plant html-in-c server/campaign/campaign_web.c 'static const char *const q = "<p class=";\n'
    plant json-in-c server/campaign/campaign_web.c 'static const char *const q = "{\\"id\\":1}";\n'
    plant cjson-in-rule server/campaign/campaign.c 'void f(void) {\n    cJSON_Parse(x);\n}\n'
    plant forbidden-call lib/base/text.c 'void f(void) {\n    strcpy(a, b);\n}\n'
    plant forbidden-call lib/base/text.c 'void f(void) {\n    sprintf(a, b);\n}\n'
    plant forbidden-call lib/base/text.c 'void f(void) {\n    atoi(b);\n}\n'
    plant forbidden-call lib/base/text.c 'void f(void) {\n    strtok(a, b);\n}\n'
    plant global lib/base/text.c 'static int counter;\n'
    plant global server/campaign/campaign.c 'static char buffer[20];\n'
    plant heap server/campaign/campaign.c 'void f(void) {\n    free(p);\n}\n'
    plant goto server/campaign/campaign.c 'void f(void) {\n    goto cleanup;\n}\n'
    plant permission server/campaign/campaign_web.c 'void f(void) {\n    if (req->role & ADMIN) {\n    }\n}\n'
    plant http-in-rule server/campaign/campaign.c 'int f(void) {\n    return 404;\n}\n'
    plant name server/campaign/utils.c 'int f(void);\n'
    plant purpose server/campaign/campaign.h '/* campaign.h - */\n'
    plant generated server/campaign/campaign.o 'x'
    plant width lib/base/text.c "/* $(printf 'x%.0s' {1..110}) */\\n"
    plant space lib/base/text.c 'int f(void); \n'
    plant select-star server/campaign/campaign.sql -- '-- name: campaign_by_id\nSELECT * FROM campaign;\n'
    plant select-star server/campaign/campaign.sql -- '-- name: campaign_by_id\nSELECT c.*, 1 FROM campaign c;\n'
    plant clock server/campaign/campaign.sql -- '-- name: campaign_now\nSELECT current_date;\n'
    plant shown-leaf server/campaign/campaign.sql -- '-- name: campaign_open\nSELECT id, audit(1) AS leaf FROM campaign;\n'
    plant unbounded-list server/campaign/campaign.sql -- '-- name: campaign_list\nSELECT id FROM campaign;\n'
    plant inline-style templates/campaign/list.html '<p style="color: red">\n'
    plant inline-style templates/campaign/list.html '<script>x()</script>\n'
    plant inline-style templates/campaign/list.html '<p onclick="x()">\n'
    plant card-label templates/campaign/list.html '<table class="list"><thead><tr><th>A</th></tr></thead>\n<td>1</td></table>\n'
    plant test-sleeps tests/server/test_run.c 'void f(void) {\n    usleep(10);\n}\n'
    plant test-port tests/server/test_run.c 'static const int port = 40000;\n'

    plant clean server/campaign/campaign.c '#include "campaign.h"\n#include "../contract/contract.h"\n
/* A comment may say SELECT 1, strcpy( and free(. */\nstatic const int limits[] = {1, 2};\n
static int twice(int x) {\n    return 2 * x;\n}\n'
    plant clean server/campaign/campaign.sql -- '-- name: campaign_list\nSELECT id, count(*) FROM campaign LIMIT :limit;\n'
    plant clean templates/campaign/list.html '<script src="/static/enhance.js" defer></script>\n'
}

self_test
echo "check-style: $checked planted examples behave"
[[ ${1:-} != --self-test ]] || exit 0
perl "$style" .
echo "check-style: no rule of the house is broken"
