# What runs on the builds.

sanitizer_options=(
  ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1
  UBSAN_OPTIONS=print_stacktrace=1
  TSAN_OPTIONS=halt_on_error=0:exitcode=66
)

run_unit_tests() {  # run_unit_tests PROGRAM NAME
  local program=$1 name=$2 xml="build/results/$2.xml" log="build/results/$2.log" status=0
  rm -f "$xml"
  timeout 900 env "${sanitizer_options[@]}" "$program" --gtest_brief=1 --gtest_output="xml:$xml" >"$log" 2>&1 || status=$?
  count_cases "$name" "$xml" "$status" || { tail -n 80 "$log" >&2; return 1; }
}

step_unit() {
  need asan || return 1
  local program
  for program in build/asan/unit_*; do [[ -x "$program" ]] && run_unit_tests "$program" "$(basename "$program")"; done
}

step_fuzz() {
  need clang || return 1
  local source target
  for source in tests/fuzz/*.cpp; do
    target=$(basename "$source" .cpp)
    check "$target" env "${sanitizer_options[@]}" timeout 300 "build/fuzz/fuzz_$target" -runs=0 -timeout=10 -rss_limit_mb=2048 "tests/fuzz/corpus/$target"
  done
}

# Real fuzzing, as long for each target as --campaign says. New inputs stay in build/, crashes in build/fuzz/found.
step_campaign() {
  local source target
  mkdir -p build/fuzz/found
  for source in tests/fuzz/*.cpp; do
    target=$(basename "$source" .cpp)
    mkdir -p "build/fuzz/corpus/$target"
    check "$target" env "${sanitizer_options[@]}" "build/fuzz/fuzz_$target" -max_total_time="$step_seconds_of_fuzzing" -timeout=10 -rss_limit_mb=2048 \
      -artifact_prefix="build/fuzz/found/$target-" "build/fuzz/corpus/$target" "tests/fuzz/corpus/$target"
  done
}

step_tsan() {
  need packages asan || return 1  # the scripted upstream comes from there
  build tsan "penstock unit_auth unit_gateway" || return 1
  local name
  for name in unit_auth unit_gateway; do
    [[ -x "build/tsan/$name" ]] && run_unit_tests "build/tsan/$name" "tsan-$name"
  done
  PENSTOCK_BINARY=build/tsan/penstock FAKE_UPSTREAM_BINARY=build/asan/fake_upstream run_pytest tsan-integration tests/integration -m threads
}

run_pytest() {  # run_pytest NAME ARGUMENT...
  local name=$1 xml="build/results/$1.xml" log="build/results/$1.log" status=0
  shift
  rm -f "$xml"
  timeout 1800 env "${sanitizer_options[@]}" "$python_home/bin/python" -B -m pytest -q -p no:cacheprovider --tb=short --junitxml="$xml" "$@" >"$log" 2>&1 || status=$?
  count_cases "$name" "$xml" "$status" || { tail -n 120 "$log" >&2; return 1; }
}

step_integration() {
  need packages asan || return 1
  PENSTOCK_BINARY=build/asan/penstock FAKE_UPSTREAM_BINARY=build/asan/fake_upstream run_pytest integration tests/integration
}

step_conformance() {
  need packages asan || return 1
  PENSTOCK_BINARY=build/asan/penstock FAKE_UPSTREAM_BINARY=build/asan/fake_upstream run_pytest conformance tests/conformance
}
