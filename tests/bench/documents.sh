# documents.sh: part of tools/bench.sh. bench_sw1 interleaves its own rounds with OpenSSL's bare
# sign and verify on P-256 (what `openssl speed ecdsap256` measures) and prints "name rate ratio".
while read -r name rate ratio; do
    case $name in
    sw1.issue) row "documents issued to text, one core" "$rate" "$ratio" "documents/s" "bare P-256 sign, same process" \
        ">= 0.75" "$(at_least "$ratio" 0.75)" ;;
    sw1.verify) row "documents fully verified, one core" "$rate" "$ratio" "documents/s" "bare P-256 verify, same process" \
        ">= 0.85" "$(at_least "$ratio" 0.85)" ;;
    esac
done < <("$bin/tests/bench/bench_sw1")

# `noria verify` of one PNG from a cold start, over an empty C program; rounds interleaved, medians compared.
if [[ -x $bin/tests/interop/documents ]]; then
    mkdir "$work/documents"
    "$bin/tests/interop/documents" "$NORIA_KEYS" "$NORIA_PASSPHRASE_FILE" "$work/documents" "$(date +%s)"
    echo 'int main(void) { return 0; }' | cc -O2 -x c -o "$work/empty" -
    document=$(awk -F '\t' '$2 == "VALID" && $1 ~ /png$/ { print $1; exit }' "$work/documents/expected.tsv")
    # one CMD…: its milliseconds.
    one() {
        local from=$EPOCHREALTIME
        "$@" >/dev/null
        awk -v a="$from" -v b="$EPOCHREALTIME" 'BEGIN { print (b - a) * 1000 }'
    }
    for _ in $(seq 21); do
        one "$work/empty" >>"$work/empty.ms"
        one "$bin/noria" verify --root "$NORIA_KEYS" --trust "$NORIA_KEYS" --status "$work/documents" \
            --state "$work/state" "$work/documents/$document" >>"$work/verify.ms"
    done
    over=$(awk -v a="$(median <"$work/verify.ms")" -v b="$(median <"$work/empty.ms")" 'BEGIN { printf "%.1f", a - b }')
    row "noria verify of one PNG, cold" "$over" "$(awk -v a="$over" 'BEGIN { printf "%.2f", a / 60 }')" "ms" \
        "60 ms; an empty program took $(median <"$work/empty.ms") ms" "<= 1" "$(at_most "$over" 60)"
fi

# bench_paper: papers beside the QR matrix alone, all cores beside one, a full status list beside its deflating.
while read -r name value ratio; do
    case $name in
    paper.one) row "PDF with QR, one a file, one core" "$value" "$ratio" "documents/s" "the QR matrix alone, same process" \
        ">= 250/s" "$(at_least "$value" 250)" ;;
    paper.sheaf) row "PDF with QR, 50 a file, one core" "$value" "$ratio" "documents/s" "the QR matrix alone, same process" \
        ">= 250/s" "$(at_least "$value" 250)" ;;
    paper.cards) row "cards with QR, 50 a file, one core" "$value" "$ratio" "documents/s" "the QR matrix alone, same process" \
        ">= 250/s" "$(at_least "$value" 250)" ;;
    paper.cores) row "PDF with QR, all cores" "$value" "$ratio" "documents/s" "the cores' number times one core" \
        ">= 0.80" "$(at_least "$ratio" 0.80)" ;;
    issue.cores) row "documents signed, all cores" "$value" "$ratio" "documents/s" "the cores' number times one core" \
        ">= 0.80" "$(at_least "$ratio" 0.80)" ;;
    status.list) row "status list of 2^20, 1 % set, built and signed" "$value" "$ratio" "s" "deflating alone" \
        "<= 0.5 s" "$(at_most "$value" 0.5)" ;;
    esac
done < <("$bin/tests/bench/bench_paper")
