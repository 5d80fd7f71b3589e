# database.sh: part of tools/bench.sh. bench_db drives db.h with tasks on two loops and interleaves its
# rounds with `pgbench -M prepared` on the same SQL; it prints "name rate ratio p50_us p99_us".
while read -r name rate ratio p50 p99; do
    case $name in
    db_read_*) row "reads by id through db.h, ${name#db_read_} tasks" "$rate" "$ratio" "reads/s" \
        "pgbench, ${name#db_read_} clients; p50 $p50 us, p99 $p99 us" ">= 1" "$(at_least "$ratio" 1)" ;;
    db_tx_*) row "transactions through db.h, ${name#db_tx_} tasks" "$rate" "$ratio" "tx/s" \
        "pgbench, ${name#db_tx_} clients; p50 $p50 us, p99 $p99 us" ">= 0.8" "$(at_least "$ratio" 0.8)" ;;
    esac
done < <("$bin/tests/bench/bench_db")
