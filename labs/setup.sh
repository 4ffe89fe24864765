# Sourced by labs/demo.sh and tests/run.sh: prepares a virtual environment and, for root on a Debian-like system, the
# system packages that the labs need. Sets ROOT and PATH. Nothing is started, nothing outside the checkout is changed but
# packages.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
LAB_PACKAGES="frr frr-pythontools iproute2 nftables openssh-server openssh-client iputils-ping tcpdump procps"
LAB_TOOLS="/usr/lib/frr/zebra /usr/lib/frr/isisd /usr/lib/frr/frr-reload.py nft tc ip /usr/sbin/sshd ssh-keygen tcpdump nsenter unshare"

say() { printf '%s\n' "$*" >&2; }

missing_tools() {
  local tool
  for tool in $LAB_TOOLS; do
    command -v "$tool" >/dev/null 2>&1 || [ -x "$tool" ] || printf '%s ' "$tool"
  done
}

# Packages' services must not start on the machine itself: the labs run their own in namespaces.
install_packages() {
  local policy=/usr/sbin/policy-rc.d own=0
  export DEBIAN_FRONTEND=noninteractive
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' > "$policy"; chmod +x "$policy"; own=1; }
  apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends "$@" >&2 || say "could not install: $*"
  [ "$own" = 0 ] || rm -f "$policy"
}

ensure_system() {
  local missing
  missing=$(missing_tools)
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then return 0; fi
  say "installing system packages for the labs ($LAB_PACKAGES) …"
  install_packages $LAB_PACKAGES
}

find_python() {
  local candidate
  for candidate in python3 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

ensure_venv() { # ensure_venv EXTRA ("" or "[dev]")
  local venv="$ROOT/.venv" extra="$1" python stamp
  if ! python=$(find_python); then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      say "installing python3 and python3-venv …"
      install_packages python3 python3-venv
    fi
    python=$(find_python) || { say "intentc needs Python 3.11 or newer with the venv module (Debian: apt-get install python3-venv)"; exit 2; }
  fi
  stamp="$(cat "$ROOT"/pyproject.toml "$ROOT"/intentc/native/*.{py,pyx,pxd} | sha256sum | cut -c1-16)"
  if [ ! -e "$venv/.ready-$stamp$extra" ] && [ ! -e "$venv/.ready-$stamp[dev]" ]; then
    say "preparing a virtual environment in .venv …"
    "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -e "$ROOT$extra" >&2
    touch "$venv/.ready-$stamp$extra"
  fi
  export PATH="$venv/bin:$PATH"
}

can_run_labs() { [ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] && [ -z "$(missing_tools)" ]; }
