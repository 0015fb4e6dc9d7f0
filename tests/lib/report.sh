# Steps, their cases and their time. A step is a function step_NAME that calls `passed` and `failed`; it runs once, however
# many ask for it, and its output goes to build/results/NAME.log and, where it fails, to the screen.

declare -A step_state=() step_seconds=() step_passed=() step_failed=()
step_order=()
running_step=""

passed() { step_passed[$running_step]=$((${step_passed[$running_step]} + ${1:-1})); }

failed() {  # failed MESSAGE [NUMBER]
  step_failed[$running_step]=$((${step_failed[$running_step]} + ${2:-1}))
  echo "FAILED $running_step: $1" >&2
}

# check NAME COMMAND...: one case, by exit status.
check() {
  local name=$1 log="build/results/$running_step-${1//[^A-Za-z0-9_.-]/_}.log"
  shift
  if "$@" >"$log" 2>&1; then passed; else failed "$name ($log)"; tail -n 60 "$log" >&2; return 1; fi
}

# run_step NAME: true when it passed, now or before. Steps that need others call it themselves.
run_step() {
  local name=$1 outer=$running_step start=$SECONDS inner_before=$inner_seconds own
  if [[ -n "${step_state[$name]:-}" ]]; then [[ "${step_state[$name]}" == passed ]]; return; fi
  running_step=$name
  step_state[$name]=running step_passed[$name]=0 step_failed[$name]=0
  echo "== $name" >&2
  "step_$name" || ((step_failed[$name])) || failed "it ended with an error"
  own=$((SECONDS - start - (inner_seconds - inner_before)))
  inner_seconds=$((inner_before + SECONDS - start))
  step_seconds[$name]=$own
  step_order+=("$name")
  step_state[$name]=$([[ ${step_failed[$name]} == 0 ]] && echo passed || echo failed)
  echo "   $name: ${step_passed[$name]} passed, ${step_failed[$name]} failed, $own s" >&2
  running_step=$outer
  [[ "${step_state[$name]}" == passed ]]
}
inner_seconds=0

# need STEP...: without them the running step cannot say anything, which is a failure of its own.
need() {
  local step
  for step in "$@"; do run_step "$step" || { failed "not run, since $step failed"; return 1; }; done
}

# count_cases NAME XML STATUS: adds the cases of a JUnit file; a program that died without one, or unlike its file, is a failure.
count_cases() {
  local name=$1 xml=$2 status=$3 good bad
  if [[ ! -s "$xml" ]]; then failed "$name ended with $status and left no results"; return 1; fi
  read -r good bad < <(python3 tests/lib/count_cases.py "$xml")
  passed "$good"
  if ((bad)); then failed "$name: $bad cases" "$bad"; return 1; fi
  if ((status != 0)); then failed "$name ended with $status"; return 1; fi
}

print_report() {
  local name good=0 bad=0 total=0
  printf '\n%-14s %8s %8s %8s\n' step passed failed seconds
  for name in "${step_order[@]}"; do
    printf '%-14s %8d %8d %8d\n' "$name" "${step_passed[$name]}" "${step_failed[$name]}" "${step_seconds[$name]}"
    good=$((good + step_passed[$name])) bad=$((bad + step_failed[$name])) total=$((total + step_seconds[$name]))
  done
  printf '%-14s %8d %8d %8d\n\n' all "$good" "$bad" "$total"
  echo "$good passed, $bad failed"
  ((bad == 0 && good > 0))
}
