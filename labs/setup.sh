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

# Packages' services must not start on the machine itself: the labs run their own in namespaces. One that cannot be had keeps no other away.
install_packages() {
  local policy=/usr/sbin/policy-rc.d own=0 package
  export DEBIAN_FRONTEND=noninteractive
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' > "$policy"; chmod +x "$policy"; own=1; }
  if ! apt-get update -qq >&2 || ! apt-get install -y -qq --no-install-recommends "$@" >&2; then
    for package in "$@"; do apt-get install -y -qq --no-install-recommends "$package" >&2 || say "could not install: $package"; done
  fi
  [ "$own" = 0 ] || rm -f "$policy"
}

can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

ensure_system() { # ensure_system [PACKAGE…]: what the labs need, where it is missing, and further packages
  local wanted=("$@")
  [ -z "$(missing_tools)" ] || wanted+=($LAB_PACKAGES)
  [ "${#wanted[@]}" -gt 0 ] && can_install || return 0
  say "installing system packages (${wanted[*]}) …"
  install_packages "${wanted[@]}"
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

# What pip has to install, one requirement a line: what builds intentc (an editable installation needs `editables`), what it needs, and what an extra adds.
requirements() { # requirements PYTHON EXTRA ("" or "dev")
  "$1" - "$ROOT/pyproject.toml" "$2" <<'END'
import sys, tomllib
with open(sys.argv[1], "rb") as file:
    given = tomllib.load(file)
project = given["project"]
extra = project["optional-dependencies"][sys.argv[2]] if sys.argv[2] else []
print(*given["build-system"]["requires"], "editables", *project["dependencies"], *extra, sep="\n")
END
}

# The kernels take two processors half a minute and need Cython alone, so they are built while packages are fetched; and bytecode is written
# by all processors, but of what few ever import.
fill_venv() { # fill_venv VENV EXTRA ("" or "dev") [REQUIREMENT…]: the last ones where they can be had
  local python="$1/bin/python" extra="$2" list kernels
  shift 2
  local pip=("$python" -m pip install --quiet --disable-pip-version-check --no-compile)
  list=$(requirements "$python" "$extra")
  "${pip[@]}" $(grep -i '^cython' <<<"$list") >&2
  "$python" "$ROOT/intentc/native/build.py" >/dev/null 2>&1 & # what it lacks is told where intentc is installed
  kernels=$!
  if [ "$#" = 0 ] || ! "${pip[@]}" -r <(printf '%s\n' "$list" "$@") >&2; then "${pip[@]}" -r <(printf '%s\n' "$list") >&2; fi
  "$python" -m compileall -q -j 0 -x '/(pyavd|pip|setuptools|networkx/.*/tests)/' "$("$python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')" >&2 || true
  wait "$kernels" || true
  "${pip[@]}" --no-deps --no-build-isolation -e "$ROOT" >&2
}

ensure_venv() { # ensure_venv EXTRA ("" or "dev") [REQUIREMENT…]: the last ones where they can be had
  local venv="$ROOT/.venv" extra="$1" python stamp
  shift
  if ! python=$(find_python); then
    if can_install; then
      say "installing python3 and python3-venv …"
      install_packages python3 python3-venv
    fi
    python=$(find_python) || { say "intentc needs Python 3.11 or newer with the venv module (Debian: apt-get install python3-venv)"; exit 2; }
  fi
  stamp="$(cat "$ROOT"/pyproject.toml "$ROOT"/intentc/native/*.{py,pyx,pxd} | sha256sum | cut -c1-16)"
  if [ ! -e "$venv/.ready-$stamp$extra" ] && [ ! -e "$venv/.ready-${stamp}dev" ]; then
    say "preparing a virtual environment in .venv …"
    "$python" -m venv "$venv"
    fill_venv "$venv" "$extra" "$@"
    touch "$venv/.ready-$stamp$extra"
  fi
  export PATH="$venv/bin:$PATH"
}

can_run_labs() { [ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] && [ -z "$(missing_tools)" ]; }
