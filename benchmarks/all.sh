#!/usr/bin/env bash
# Run every benchmark and print what else they say and then all that is compared, as one table.
# Usage: all.sh PYTHON
set -eu -o pipefail
said=$(mktemp)
trap 'rm -f "$said"' EXIT
for script in "$(dirname "$0")"/*.py; do
    echo "measuring $(basename "$script")" >&2
    printf '\n%s\n\n' "$(basename "$script" .py)" >> "$said"
    "$1" "$script" >> "$said"
done
# A table whose last column is "above floor" is a part of the one at the end.
awk '
    /^\|.*above floor \|$/ { head = $0; getline line; inside = 1; next }
    inside && /^\|/ { rows = rows $0 "\n"; next }
    { inside = 0; print }
    END { print ""; print head; print line; printf "%s", rows }
' "$said"
