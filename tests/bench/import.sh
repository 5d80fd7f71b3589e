# import.sh: part of tools/bench.sh. A file of made-up candidates sent as a partner service would, each
# row parsed, its zone checked, its identity sealed, screened and stored, beside psql's \copy of the same
# file into a bare table of text columns. The server's resident memory is read before and at its peak.
import_rows=${IMPORT_ROWS:-100000}
file=$work/candidates.csv
partner=$(account_of partner)
: >"$work/ours" && : >"$work/theirs" && : >"$work/peaks"
now() { date +%s.%N; }
# A campaign and people of its own each time: returnees would be spared half of the work.
for ((round = 0; round < 3; round++)); do
    "$bin/noria" sample candidates "$import_rows" --seed $((7 + round)) --from 2026-03-01 --to 2026-08-31 >"$file"
    columns=$(head -n 1 "$file" | tr -d '\r' | sed 's/,/ text, /g')
    campaign=$(psql -qXAt <<END
INSERT INTO campaign (code, season, name, first_day, last_day, state)
VALUES ('IMPORT-$round', 2026, 'Import', '2026-02-01', '2026-12-31', 'open') RETURNING id;
END
    )
    psql -qX -c "INSERT INTO campaign_service (campaign_id, org_id, quota)
                 SELECT $campaign, org_id, 1000000 FROM account WHERE id = $partner"
    rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$server/status")
    echo 5 >"/proc/$server/clear_refs" 2>/dev/null || true
    began=$(now)
    code=$(curl -sS -o "$work/imported.json" -w '%{http_code}' --max-time 300 -X POST \
        -H "Authorization: Bearer $(token "$partner")" -H "Idempotency-Key: import-round-$round-000000" \
        -H 'Content-Type: text/csv' --data-binary "@$file" \
        "http://127.0.0.1:$port/api/v1/campaigns/$campaign/candidates/import")
    awk -v a="$began" -v b="$(now)" -v n="$import_rows" 'BEGIN { printf "%.1f\n", n / (b - a) }' >>"$work/ours"
    [[ $code == 20[01] ]] || { echo "bench: import answered $code: $(head -c 300 "$work/imported.json")" >&2; break; }
    awk -v rss="$rss" '/^VmHWM/ { print $2 - rss }' "/proc/$server/status" >>"$work/peaks"
    psql -qX -c 'DROP TABLE IF EXISTS bare' -c "CREATE TABLE bare ($columns text)"
    began=$(now)
    psql -qX -c "\\copy bare FROM '$file' CSV HEADER"
    awk -v a="$began" -v b="$(now)" -v n="$import_rows" 'BEGIN { printf "%.1f\n", n / (b - a) }' >>"$work/theirs"
done
ours=$(median <"$work/ours") theirs=$(median <"$work/theirs")
stored=$(psql -qXAt -c "SELECT count(*) FROM candidate c JOIN campaign g ON g.id = c.campaign_id WHERE g.code = 'IMPORT-0'")
ratio=$(awk -v a="$ours" -v b="$theirs" -v s="$stored" -v n="$import_rows" 'BEGIN { printf "%.3f", (s > n * 0.9) ? a / b : 0 }')
row "candidates imported from CSV, all checks" "$ours" "$ratio" "rows/s" "psql \\copy into a bare table: $theirs; stored: $stored" \
    ">= 0.50" "$(at_least "$ratio" 0.50)"
peak=$(sort -n "$work/peaks" | tail -n 1)
size=$(($(stat -c %s "$file") / 1024))
row "memory of an import beyond the server's own" "$peak" "$(awk -v a="$peak" -v b="$size" 'BEGIN { printf "%.2f", a / b }')" "KiB" \
    "the file's size: $size" "<= 1" "$(at_most "$peak" "$size")"
