#!/usr/bin/env bash
# docs/reference/cli.md is what the command table prints, and every command answers to --help.
set -euo pipefail
cd "$(dirname "$0")/.."
diff <("$SEAWORTHY" help --markdown) docs/reference/cli.md
"$SEAWORTHY" --help | grep -oE '^  (scan|sbom|explain|list|db [a-z]+|tool [a-z]+) ' | while read -r name; do
  # shellcheck disable=SC2086 # two-word commands
  "$SEAWORTHY" $name --help | grep -q "^Usage: seaworthy $name"
done
