#!/usr/bin/env bash
# Run every benchmark of speed and memory and print what else they say and then all that is compared, as one table.
# One that fails is named, and ends this with 1 after the table of the others.
# Usage: all.sh PYTHON
set -eu -o pipefail
said=$(mktemp)
failed=""
trap 'rm -f "$said"' EXIT
for script in "$(dirname "$0")"/*.py; do
    # How good models are is measured by `make bench-models` and `make figures`.
    case "$(basename "$script")" in
        crater_classifier.py | unseen_planets.py | patterns_against_truth.py | ready_models.py | figures.py | real_craters.py) continue ;;
    esac
    echo "measuring $(basename "$script")" >&2
    printf '\n%s\n\n' "$(basename "$script" .py)" >> "$said"
    "$1" "$script" >> "$said" || failed="$failed $(basename "$script")"
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
