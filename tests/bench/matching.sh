# matching.sh: part of tools/bench.sh. The program prints its own rows.
"$bin/tests/bench/bench_matching" --rows >>"$work/rows"
