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
    # one CMD…: its milliseconds of the clock, and of the processor.
    one() {
        local TIMEFORMAT='%3R %3U %3S'
        { time "$@" >/dev/null; } 2>&1 | awk '{ print $1 * 1000, ($2 + $3) * 1000 }'
    }
    over() { # COLUMN: verify over the empty program.
        awk -v a="$(cut -d ' ' -f "$1" "$work/verify.ms" | median)" \
            -v b="$(cut -d ' ' -f "$1" "$work/empty.ms" | median)" 'BEGIN { printf "%.1f", a - b }'
    }
    for _ in $(seq 21); do
        one "$work/empty" >>"$work/empty.ms"
        one "$bin/noria" verify --root "$NORIA_KEYS" --trust "$NORIA_KEYS" --status "$work/documents" \
            --state "$work/state" "$work/documents/$document" >>"$work/verify.ms"
    done
    row "noria verify of one PNG, cold" "$(over 1)" "$(awk -v a="$(over 1)" 'BEGIN { printf "%.2f", a / 60 }')" "ms" \
        "60 ms; over an empty program" "<= 1" "$(at_most "$(over 1)" 60)"
    row "its processor time" "$(over 2)" "$(awk -v a="$(over 2)" 'BEGIN { printf "%.2f", a / 60 }')" "ms" \
        "60 ms; over an empty program" "<= 1" "$(at_most "$(over 2)" 60)"
fi

# bench_paper: papers beside the QR matrix alone, a batch on all cores beside threads that spin and beside one
# thread, a full status list beside its deflating.
while read -r name value ratio; do
    case $name in
    paper.one) row "PDF with QR, one a file, one core" "$value" "$ratio" "documents/CPU s" "the QR matrix alone, same process" \
        ">= 250/s" "$(at_least "$value" 250)" ;;
    paper.sheaf) row "PDF with QR, 50 a file, one core" "$value" "$ratio" "documents/CPU s" "the QR matrix alone, same process" \
        ">= 250/s" "$(at_least "$value" 250)" ;;
    paper.cards) row "cards with QR, 50 a file, one core" "$value" "$ratio" "documents/CPU s" "the QR matrix alone, same process" \
        ">= 250/s" "$(at_least "$value" 250)" ;;
    batch.cores) row "a batch signed and drawn on all cores, cores kept busy" "$value" "$ratio" "cores" \
        "as many threads that only spin" ">= 0.80" "$(at_least "$ratio" 0.80)" ;;
    batch.cost) row "the same, processor time a document" "$value" "$ratio" "waits/document" "one thread alone" \
        "<= 1.25" "$(at_most "$ratio" 1.25)" ;;
    status.list) row "status list of 2^20, 1 % set, built and signed" "$value" "$ratio" "s" "deflating alone" \
        "<= 0.5 s" "$(at_most "$value" 0.5)" ;;
    esac
done < <("$bin/tests/bench/bench_paper")
