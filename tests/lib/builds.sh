# The builds. Each keeps its own folder under build/ and is incremental; ccache makes a second clean one cheap.

build() {  # build PRESET TARGETS [CMAKE OPTION...]
  local preset=$1 targets=$2
  shift 2
  check "configure $preset" cmake --preset "$preset" "$@" &&
    check "compile $preset" nice cmake --build "build/$preset" -j "$(nproc)" --target $targets -- -k 0
}

step_packages() {
  check "Debian packages" install_missing "${build_packages[@]}" "${test_packages[@]}" "${bench_packages[@]}"
  check "Python clients" install_python_clients
  check "Node clients" install_node_clients
}

step_asan() { build asan all -DPENSTOCK_BENCH=ON -DCMAKE_COMPILE_WARNING_AS_ERROR=ON; }
step_clang() { build fuzz all -DCMAKE_COMPILE_WARNING_AS_ERROR=ON; }

# The release as users build it, so warnings are looked for in what the compiler said.
step_release() {
  check "deploy/build.sh" deploy/build.sh || return 1
  check "no warnings" bash -c '! grep -n "warning:" build/results/release-deploy_build.sh.log'
}

step_bench() { build release "fake_upstream load" -DPENSTOCK_BENCH=ON; }
