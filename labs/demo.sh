#!/usr/bin/env bash
# The whole way once, on real routers: check, prove, configure, measure, cut a duct, repair, roll back, clean up.
# Without root everything but the lab runs. Reports are left in labs/build/demo; nothing else is.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
ensure_system
ensure_venv ""

WORK=$(mktemp -d)
OUT="$ROOT/labs/build/demo"
cp -r "$ROOT/intents/demo/." "$WORK/"
rm -rf "$WORK/.intentc" "$WORK/build"
intentc() { command intentc -C "$WORK" "$@"; }
finish() {
  local status=$?
  [ ! -e "$WORK/up" ] || intentc lab down >/dev/null 2>&1 || say "the lab could not be stopped: intentc -C $WORK lab down"
  [ -e "$WORK/up" ] && [ -d "$WORK/.intentc/lab" ] && [ "$status" != 0 ] && say "the demo failed (status $status)"
  rm -rf "$WORK"
}
trap finish EXIT
trap 'exit 130' INT TERM
step() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
begun=$(date +%s)

step "1. check: do the intents hold on this network, also when something fails?"
intentc check

step "2. compile, and let the independent prover check the result"
intentc -q compile
intentc verify
intentc -q report -o "$OUT"
echo "the map and the whole report: ${OUT#"$ROOT"/}/index.html"

if ! can_run_labs; then
  echo
  echo "left out: the lab on real FRR routers needs root on Linux with: $LAB_PACKAGES (run: sudo bash labs/demo.sh)"
  exit 0
fi

step "3. start eleven FRR routers and their hosts"
touch "$WORK/up"
intentc lab up --engine netns

step "4. plan and apply: one transaction over all routers, over SSH"
intentc plan --lab --out "$WORK/demo.plan"
intentc apply --lab "$WORK/demo.plan"
echo "once more:"
intentc apply --lab --yes

step "5. measure every demand: predicted beside measured"
intentc verify --live --lab

step "6. cut the duct under the traffic, see what it costs, repair it"
intentc lab test --cut srlg:duct-elbe

step "7. roll back; history; drift"
intentc rollback --lab --yes
intentc history --lab
intentc drift --lab

step "8. stop the lab"
intentc lab down
rm -f "$WORK/up"
echo "the demo took $(($(date +%s) - begun)) s"
