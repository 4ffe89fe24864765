#!/usr/bin/env bash
# Runs what CI runs: formatting, lint, types, all tests. Arguments go to pytest (`bash tests/run.sh -k fence`).
source "$(dirname "${BASH_SOURCE[0]}")/../labs/setup.sh"
# A C compiler for intentc/native; without it the kernels are not built, and the tests of them are skipped.
if can_install; then
  tools=()
  command -v cc >/dev/null || tools+=(gcc libc6-dev)
  if python=$(find_python); then
    headers=$("$python" -c 'import sysconfig; print(sysconfig.get_paths()["include"])')
    [ -e "$headers/Python.h" ] || tools+=(python3-dev)
  else
    tools+=(python3 python3-venv python3-dev)
  fi
  [ "${#tools[@]}" = 0 ] || install_packages "${tools[@]}"
fi
# What only tests need is fetched beside what Python needs. A NETCONF server of others' for tests/faults; without it those tests are skipped.
others=()
command -v netconfd >/dev/null || others+=(netconfd)
ensure_system ${others[@]+"${others[@]}"} &
# What VS Code colours and packs extensions with; without it those tests are skipped.
node="$ROOT/.venv/node"
if command -v npm >/dev/null && [ ! -e "$node/.ready" ]; then
  {
    timeout 90 npm install --silent --no-audit --no-fund --prefix "$node" vscode-textmate vscode-oniguruma @vscode/vsce >&2 &&
      touch "$node/.ready" || say "npm could not install what VS Code is made of: the tests of its extension are skipped"
  } &
fi
ensure_venv dev "pyavd>=6.4,<7"
wait
[ ! -e "$node/.ready" ] || export INTENTC_NODE_MODULES="${INTENTC_NODE_MODULES:-$node/node_modules}"
python -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("pyavd") is None)' \
  || say "pyavd cannot be had: the tests that hold lines of EOS against it are skipped"
cd "$ROOT"
can_run_labs || say "lab tests are skipped: they need root on Linux and $LAB_PACKAGES (missing: $(missing_tools))"
ruff format --check --quiet . || { say "run 'ruff format'"; exit 1; }
ruff check --quiet .
if [ "$#" -gt 0 ]; then
  mypy
  exec python -m pytest "$@"
fi

# Everything runs at once, in five lanes: tests in four of them, types in one. Labs and faults wait for timers and packets most of the time; what computes has what
# they leave of the processors, for they come first whenever they want one (`nice`), and first of all the labs that measure
# times and rates. Each lane of tests has a list of its own of what failed, and what it said is counted at the end.
work=$(mktemp -d)
lanes=()
trap 'for lane in ${lanes[@]+"${lanes[@]}"}; do kill -- "-$lane" 2>/dev/null || true; done; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

tests() { # tests LANE OPTIONS…
  local cache=".pytest_cache/$1"
  shift
  "${priority[@]}" python -m pytest -q -o cache_dir="$cache" "$@"
}

timed=(timed -m timed tests/e2e)
labs=(labs -m "not timed and not containerlab" tests/e2e)
faults=(faults tests/faults)
share=(-n 2 --dist worksteal) # neighbours in a file share what they compile
whole=(-n 2 --dist loadfile)  # a file has one lab, which takes half a minute to bring up

types() { # said as soon as it is known, in one piece
  local status=0
  mypy >"$work/types" 2>&1 || status=$?
  cat "$work/types"
  return "$status"
}

compute() {
  tests computing "${share[@]}" --ignore=tests/e2e --ignore=tests/faults 2>&1 | tee "$work/computing"
}

# What has real timers is tried twice more, alone, and said so: a machine that is shared with others may hold a timer back for
# longer than a promise allows, but hardly each time. Nothing else is tried again. What a first try said is shown if the last one fails.
again() { # again LANE OPTIONS…
  local lane="$1" try
  for try in 2 3; do
    say "tests with real timers did not pass beside others ($lane); those alone, try $try of 3:"
    if tests "$@" --last-failed --last-failed-no-failures none >"$work/again-$try-$lane" 2>&1; then
      cat "$work/again-$try-$lane"
      return 0
    fi
  done
  cat "$work/$lane" "$work/again-3-$lane"
  return 1
}

total() { # total WORD FILE…: how many tests did that, by the closing lines of the runs; a file need not be there
  local word="$1"
  shift
  { cat "$@" 2>/dev/null || true; } | awk -v word="^$word,?\$" '
    /^[0-9]+ [a-z]+.* in [0-9.]+s/ { for (i = 1; i < NF; i++) if ($(i + 1) ~ word) sum += $i }
    END { print sum + 0 }'
}

set -m # a lane is a process group, which ends with this script
priority=(nice -n -15)
tests "${timed[@]}" "${share[@]}" >"$work/timed" 2>&1 &
lanes+=($!)
priority=(nice -n -5)
tests "${labs[@]}" "${whole[@]}" >"$work/labs" 2>&1 &
lanes+=($!)
tests "${faults[@]}" "${share[@]}" >"$work/faults" 2>&1 &
lanes+=($!)
types &
lanes+=($!)
set +m
failed=""
priority=(env)
compute || failed+=" computing"
for lane in timed labs faults; do
  wait "${lanes[0]}" && cat "$work/$lane" || failed+=" $lane"
  lanes=("${lanes[@]:1}")
  cp "$work/$lane" "$work/last-$lane"
done
wait "${lanes[0]}" || failed+=" types"
lanes=()
cp "$work/computing" "$work/last-computing"
for lane in timed labs faults; do
  if [[ $failed == *$lane* ]]; then
    declare -n options="$lane"
    again "${options[@]}" && failed=${failed/ $lane/}
    cp "$(ls "$work"/again-?-"$lane" | tail -1)" "$work/last-$lane"
  fi
done
# Skipped with a reason where there is no Docker.
tests docker -m containerlab tests/e2e >"$work/last-docker" 2>&1 || failed+=" containerlab"
cat "$work/last-docker"

# One line for all lanes, in the words of pytest, by which a run is known.
first=("$work"/{computing,timed,labs,faults,last-docker})
passed=$(($(total passed "${first[@]}") + $(total passed "$work"/again-*)))
lost=$(total '(failed|errors?)' "$work"/last-*)
[ -z "$failed" ] || say "failed:$failed"
echo "===== $([ "$lost" = 0 ] || echo "$lost failed, ")$passed passed, $(total skipped "${first[@]}") skipped in $SECONDS.00s ====="
[ -z "$failed" ]
