#!/usr/bin/env bash
# Leaves the release binary at build/penstock: installs what the build needs, configures, compiles.
set -euo pipefail
cd "$(dirname "$0")/.."

source deploy/dependencies.sh
install_missing "${build_packages[@]}"
cmake --preset release -DPENSTOCK_BENCH=OFF
nice cmake --build build/release --target penstock
ln -sf release/penstock build/penstock
build/penstock --version
