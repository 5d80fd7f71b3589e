# memory.sh: part of tools/bench.sh. What the server holds with 1,000 connections that were answered once.
read -r before after <<<"$("$bin/tests/bench/bench_idle" "$port" 1000 "$server")"
limit=$((32 * 1024 + 18 * 1000))
row "resident memory, 1,000 idle connections" "$after" "$(awk -v a="$after" -v b="$limit" 'BEGIN { printf "%.2f", a / b }')" \
    "KiB" "32 MiB + 18 KiB a connection: $limit; before: $before" "<= 1" "$(at_most "$after" "$limit")"
