#!/usr/bin/env bash
# docs/reference/cli.md is what the command table prints, every command answers to --help, and no line
# of that is longer than 100 columns.
set -euo pipefail
cd "$(dirname "$0")/.."
diff <("$SEAWORTHY" help --markdown) docs/reference/cli.md
"$SEAWORTHY" --help | grep -oE '^  (scan|sbom|explain|list|db [a-z]+|tool [a-z]+) ' | while read -r name; do
  # shellcheck disable=SC2086 # two-word commands
  "$SEAWORTHY" $name --help | grep -q "^Usage: seaworthy $name"
done
if "$SEAWORTHY" help --markdown | awk '/^[`]{3}/ { inside = !inside } inside' | grep -E '^.{101,}'; then
  echo "these lines are longer than 100 columns"
  exit 1
fi
if "$SEAWORTHY" --help | grep -E '^.{101,}'; then exit 1; fi
