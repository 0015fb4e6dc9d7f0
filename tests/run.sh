#!/usr/bin/env bash
# Runs everything that a change must pass, and ends with one line: "N passed, N failed". Exit status 0 only without a failure.
#   tests/run.sh                      all steps
#   tests/run.sh --list               their names
#   tests/run.sh NAME...              these steps, and the builds they need
#   tests/run.sh --campaign SECONDS   fuzzing itself: so long for each target; what it finds is kept in build/fuzz/found
# It installs what it needs: Debian packages, and pinned clients from PyPI and npm under build/.
set -uo pipefail
cd "$(dirname "$0")/.."

source deploy/dependencies.sh
for part in tests/lib/*.sh; do source "$part"; done

declare -A about=(
  [packages]="Debian packages, pinned Python and npm clients under build/"
  [asan]="g++ build with AddressSanitizer and UBSan, warnings are errors"
  [unit]="unit and golden tests of each folder, under ASan and UBSan"
  [clang]="clang build with the fuzz targets, warnings are errors"
  [fuzz]="every fuzz target over its corpus"
  [tsan]="g++ build with ThreadSanitizer; unit tests and integration tests of what has threads"
  [release]="deploy/build.sh, without a warning"
  [bench]="the bench programs"
  [integration]="the ASan binary on real sockets"
  [conformance]="the official openai clients for Python and Node against the ASan binary"
)
steps=(packages asan unit clang fuzz tsan release bench integration conformance)

main() {
  local chosen=() seconds=""
  while (($#)); do
    case "$1" in
      --list) for step in "${steps[@]}"; do printf '%-12s %s\n' "$step" "${about[$step]}"; done; return 0 ;;
      --campaign) seconds="${2:?--campaign needs seconds}"; shift ;;
      -*) echo "unknown option $1" >&2; return 2 ;;
      *) [[ -n "${about[$1]:-}" ]] || { echo "no step named $1; see --list" >&2; return 2; }
         chosen+=("$1") ;;
    esac
    shift
  done
  mkdir -p build/results
  if [[ -n "$seconds" ]]; then
    run_step packages; run_step clang; step_seconds_of_fuzzing=$seconds run_step campaign
  else
    ((${#chosen[@]})) || chosen=("${steps[@]}")
    for step in "${chosen[@]}"; do run_step "$step"; done
  fi
  print_report
}

main "$@"
