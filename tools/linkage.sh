#!/bin/bash
# Precision, recall and F1 of the search for duplicates, and of the comparison of names, on labelled
# files. usage: linkage.sh NORIA DATA
#
# Two measures of each file: with the weights shipped (counted on febrl1 alone, so the other files are
# new to them), and with weights counted on one half of the file's persons and measured on the other.
set -euo pipefail
noria=$1 data=$2
[[ -d $data/linkage && -d $data/names ]] || {
    echo "linkage.sh: no labelled files in $data: LINKAGE_DATA=DIR with linkage/*.csv and names/*.csv" >&2
    exit 3
}
measure() {
    local name=$1
    shift
    printf '%-28s %s\n' "$name, as shipped:" "$("$noria" linkage "$@")"
    printf '%-28s %s\n' "$name, half by half:" "$("$noria" linkage --fit "$@" | head -n 1)"
}
for file in "$data"/linkage/febrl*.csv; do
    name=$(basename "$file" .csv)
    case $name in
    febrl4a) measure febrl4 "$file" "${file%a.csv}b.csv" ;;
    febrl4b) ;;
    *) measure "$name" "$file" ;;
    esac
done
"$noria" linkage --names "$data/names/name_token_pairs.csv"
echo "all spellings and near names of Arabic origin of the source of these pairs:"
pairs=$(mktemp)
trap 'rm -f "$pairs"' EXIT
awk -f "$(dirname "$0")/spelling_pairs.awk" "$data/names/arabic_latin_variants.csv" >"$pairs"
"$noria" linkage --names "$pairs" | head -n 2
