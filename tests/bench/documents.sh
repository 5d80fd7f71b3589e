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
