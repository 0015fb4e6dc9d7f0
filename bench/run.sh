#!/usr/bin/env bash
# Builds the release and the bench programs, takes the figures against HAProxy and nginx in one run, and prints one table
# (also as build/bench.json). About five minutes; --quick under two. Options of bench/run.py pass through.
set -euo pipefail
cd "$(dirname "$0")/.."

source deploy/dependencies.sh
install_missing "${build_packages[@]}" "${bench_packages[@]}"
cmake --preset release -DPENSTOCK_BENCH=ON >/dev/null
nice cmake --build build/release --target penstock fake_upstream load
exec python3 bench/run.py --binaries build/release --json build/bench.json "$@"
