#!/usr/bin/env bash
# Run every benchmark of speed and memory and print what else they say and then all that is compared, as one table.
# One that fails is named, and ends this with 1 after the table of the others.
# Usage: all.sh PYTHON
set -eu -o pipefail
said=$(mktemp)
failed=""
trap 'rm -f "$said"' EXIT
here=$(dirname "$0")
# The other scripts measure how good maps and models are.
for script in $(cd "$here" && echo geo_*.py) analysis.py chain.py crater_patterns.py ml_inference.py tile_stores.py verification.py; do
    echo "measuring $script" >&2
    printf '\n%s\n\n' "$(basename "$script" .py)" >> "$said"
    "$1" "$here/$script" >> "$said" || failed="$failed $script"
done
# A table whose last column is "above floor" is a part of the one at the end.
awk '
    /^\|.*above floor \|$/ { head = $0; getline line; inside = 1; next }
    inside && /^\|/ { rows = rows $0 "\n"; next }
    { inside = 0; print }
    END { print ""; print head; print line; printf "%s", rows }
' "$said"
if [ -n "$failed" ]; then
    echo "failed:$failed" >&2
    exit 1
fi
