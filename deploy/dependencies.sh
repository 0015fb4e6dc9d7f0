#!/usr/bin/env bash
# The Debian packages that each purpose needs, and install_missing, which installs those that are not there.
# Sourced by the build, test and bench scripts; run directly it takes list names: deploy/dependencies.sh build test bench
# One entry may name alternatives (a|b): any installed one will do, else the first that the distribution has.
# An entry COMMAND=PACKAGE is satisfied by the command, wherever it comes from.

build_packages=(
  g++ cmake ninja-build ccache git ca-certificates 'lld-16|lld'
  'libboost1.81-dev|libboost1.83-dev|libboost-dev' libssl-dev nlohmann-json3-dev libyaml-cpp-dev libspdlog-dev libsqlite3-dev libcli11-dev
)
test_packages=(
  clang-16 libclang-rt-16-dev libgtest-dev librapidcheck-dev
  python3 python3-venv openssl curl npm=npm
)
bench_packages=(python3 openssl haproxy 'nginx-light|nginx')

is_installed() { [[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]; }

# Prints what would have to be installed for one entry; nothing when it is satisfied.
lacking() {
  local alternatives alternative
  if [[ "$1" == *=* ]]; then
    command -v "${1%%=*}" >/dev/null || echo "${1#*=}"
    return
  fi
  IFS='|' read -ra alternatives <<<"$1"
  for alternative in "${alternatives[@]}"; do is_installed "$alternative" && return; done
  for alternative in "${alternatives[@]}"; do
    [[ -n "$(apt-cache search --names-only "^${alternative//+/\\+}\$" 2>/dev/null)" ]] && break
  done
  echo "$alternative"
}

all_lacking() {
  local entry
  for entry in "$@"; do lacking "$entry"; done
}

# install_missing ENTRY...: quick when all are there; else apt-get, as root or through sudo.
install_missing() {
  local missing as_root=()
  mapfile -t missing < <(all_lacking "$@")
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    command -v sudo >/dev/null || { echo "neither root nor sudo is here to install: ${missing[*]}" >&2; return 1; }
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq >&2
  mapfile -t missing < <(all_lacking "$@")  # with the lists there, alternatives are told apart
  echo "installing ${missing[*]}" >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  set -euo pipefail
  for list in "${@:-build}"; do
    declare -n packages="${list}_packages"
    install_missing "${packages[@]}"
  done
fi
