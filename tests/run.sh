#!/usr/bin/env bash
# Runs what CI runs: formatting, lint, types, all tests. Arguments go to pytest (`bash tests/run.sh -k fence`).
source "$(dirname "${BASH_SOURCE[0]}")/../labs/setup.sh"
ensure_system
# A NETCONF server of others' for tests/faults; without it those tests are skipped.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! command -v netconfd >/dev/null; then install_packages netconfd; fi
ensure_venv "[dev]"
python -c "import pyavd" 2>/dev/null || python -m pip install --quiet --disable-pip-version-check "pyavd>=6.4,<7" >&2 \
  || say "pyavd cannot be had: the tests that hold lines of EOS against it are skipped"
cd "$ROOT"
can_run_labs || say "lab tests are skipped: they need root on Linux and $LAB_PACKAGES (missing: $(missing_tools))"
ruff format --check --quiet . || { say "run 'ruff format'"; exit 1; }
ruff check --quiet .
mypy
if [ "$#" -gt 0 ]; then exec python -m pytest "$@"; fi
if ! python -m pytest -q -n 2 -m "not lab and not containerlab"; then
  # tests/faults has servers with real timers; on a machine that is shared one may end early. Nothing else is tried twice.
  if grep -o '"tests/[^"]*"' .pytest_cache/v/cache/lastfailed | grep -qv '^"tests/\(faults\|e2e\)/'; then exit 1; fi
  say "only tests with real timers failed; those once more, one after the other:"
  python -m pytest -q -m "not lab and not containerlab" --last-failed --last-failed-no-failures none
fi
# Labs whose tests measure times and rates run one after another, with nothing beside them; the others side by side. What fails
# is tried once more, alone, and said so: a machine that is shared with others may hold a timer back for longer than a promise
# allows, but hardly twice.
failed=0
python -m pytest -n 2 --dist worksteal -m "lab and not timed" || failed=1
python -m pytest -m "(lab and timed) or containerlab" || failed=1
[ "$failed" = 1 ] || exit 0
say "some lab tests failed; those once more:"
exec python -m pytest -m "lab or containerlab" --last-failed --last-failed-no-failures none
