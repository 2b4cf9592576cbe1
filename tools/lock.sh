#!/usr/bin/env bash
# Pin what pyproject.toml asks for. Hashes say what is installed; where it comes from is the installer's own affair.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=.venv/bin/uv
common=(--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet "$@")
"$uv" pip compile pyproject.toml "${common[@]}" -o requirements/run.txt
"$uv" pip compile pyproject.toml --group dev "${common[@]}" -c requirements/run.txt -o requirements/dev.txt
if grep -nE '://|--(extra-)?index|--find-links' requirements/*.txt; then
  echo "An address got into the pins." >&2
  exit 1
fi
