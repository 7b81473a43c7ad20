#!/usr/bin/env bash
# Installs what is missing (Debian 12), builds ConvScope and runs every test under a virtual display. Where CI=true
# warnings are errors; elsewhere the build is the one that app/run.sh makes, so that nothing is built twice. The last
# line says what came of it; the exit status is 0 only if nothing failed.
#   bash tests/run.sh                    every test
#   bash tests/run.sh --asan             every test with the address and undefined-behaviour sanitizers
#   bash tests/run.sh --tsan             every test of the engine and the models with the thread sanitizer
#   bash tests/run.sh --fuzz SECONDS     each fuzz target for so long, with the sanitizers
#   bash tests/run.sh --bench [--quick] [--filter REGEX]
#                                        the speed of the convolution, alone and beside other libraries
#   bash tests/run.sh --peers            the long comparisons with SciPy and PyTorch
# Several flags run one after the other. Tests on real clips need CONVSCOPE_TEST_CLIPS, the folder that holds them.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
source app/setup.sh

release=release
[ "${CI:-}" = true ] && release=ci
summary=()
failed=0

fail() {
  summary+=("$1")
  failed=1
}

virtually() { xvfb-run -a -s "-screen 0 1920x1200x24" "$@"; }

# runTests PRESET FOLDER [ctest arguments...]
runTests() {
  local preset="$1" folder="$2" log="$2/Testing/Temporary/LastTest.log" status passed wrong skipped
  shift 2
  if ! { installMissing build test && buildPreset "$preset"; }; then
    fail "$preset: not built"
    return
  fi
  rm -f "$log"
  virtually ctest --preset "$preset" --parallel 2 "$@"
  status=$?
  if [ ! -s "$log" ]; then
    fail "$preset: no test ran"
    return
  fi
  # Qt Test's own count of functions and rows, over all programs.
  read -r passed wrong skipped < <(sed -nE \
    's/^Totals: ([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped.*/\1 \2 \3/p' "$log" |
    awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }')
  grep -A 1 -E '^SKIP ' "$log" | grep -vE '^--$|^   Loc:' | sort | uniq -c | sed -E 's/^ *[0-9]+ SKIP *: */skipped: /'
  local programs
  programs="$(grep -cE '^[0-9]+/[0-9]+ Testing: ' "$log")"
  if [ $status -eq 0 ]; then
    summary+=("$preset: $programs test programs passed ($passed checks passed, $skipped skipped)")
  else
    fail "$preset: FAILED ($programs test programs; $passed checks passed, $wrong failed, $skipped skipped)"
  fi
}

# runEach NAME FOLDER PATTERN [arguments...]: every program of that folder, one after the other.
runEach() {
  local name="$1" folder="$2" pattern="$3" program count=0
  shift 3
  for program in "$folder"/$pattern; do
    [ -x "$program" ] || continue
    count=$((count + 1))
    echo "--- $(basename "$program")"
    virtually "$program" "$@" || fail "$name: $(basename "$program") FAILED"
  done
  if [ $count -eq 0 ]; then
    fail "$name: there is no program $folder/$pattern"
  else
    summary+=("$name: $count programs ran")
  fi
}

# Single functions by Google Benchmark, then every case beside the peers that this machine has.
runBenchmarks() {
  if ! { installMissing build bench && buildPreset bench bench_convolve bench_networks bench_peers; }; then
    fail "bench: not built"
    return
  fi
  build/bench/bin/bench_convolve --benchmark_filter='^drag|reference' --benchmark_min_time=0.2 ||
    fail "bench: bench_convolve FAILED"
  if build/bench/bin/bench_peers "$@"; then
    summary+=("bench: every peer's maps equal ours to the tolerance of their sums")
  else
    fail "bench: bench_peers FAILED"
  fi
  # A filter is one of layers; the closing lines stand together at the end.
  if [ $# -eq 0 ]; then build/bench/bin/bench_networks || fail "bench: bench_networks FAILED"; fi
}

extras=()
seconds=60
benchArguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    --asan | --tsan | --bench | --peers) extras+=("${1#--}") ;;
    --quick) benchArguments+=("$1") ;;
    --filter)
      benchArguments+=("$1" "${2:-}")
      shift
      ;;
    --fuzz)
      if ! [[ "${2:-}" =~ ^[0-9]+$ ]]; then
        echo "--fuzz needs a number of seconds, for instance --fuzz 60." >&2
        exit 2
      fi
      extras+=(fuzz)
      seconds="$2"
      shift
      ;;
    *)
      echo "Unknown argument $1; there are --asan, --tsan, --fuzz SECONDS, --bench [--quick] [--filter REGEX] and --peers." >&2
      exit 2
      ;;
  esac
  shift
done
if [ ${#benchArguments[@]} -gt 0 ] && [[ " ${extras[*]} " != *" bench "* ]]; then
  echo "--quick and --filter belong to --bench." >&2
  exit 2
fi
[ ${#extras[@]} -eq 0 ] && extras=(all)

for extra in "${extras[@]}"; do
  case "$extra" in
    all) runTests "$release" build/release ;;
    asan) runTests asan build/asan ;;
    # OpenGL drivers are not built with the sanitizer and look racy from outside: no tests that draw.
    tsan) runTests tsan build/tsan --label-regex 'engine|model' ;;
    fuzz)
      if installMissing build test && buildPreset asan; then
        runEach fuzz build/asan/fuzz 'fuzz_*' "$seconds"
      else
        fail "fuzz: not built"
      fi
      ;;
    bench) runBenchmarks "${benchArguments[@]}" ;;
    peers)
      if installMissing build test bench && buildPreset "$release" convscope; then
        if /usr/bin/python3 tests/peers/compare_scipy.py build/release/bin/convscope; then
          summary+=("peers: every map equals SciPy's to the tolerance of its sum")
        else
          fail "peers: SciPy FAILED"
        fi
        if /usr/bin/python3 tests/peers/compare_torch.py build/release/bin/convscope; then
          summary+=("peers: every activation equals PyTorch's within 1e-4")
        else
          fail "peers: PyTorch FAILED"
        fi
      else
        fail "peers: not built"
      fi
      ;;
  esac
done

line="${summary[0]}"
for part in "${summary[@]:1}"; do line="$line; $part"; done
if [ $failed -eq 0 ]; then echo "PASSED. $line."; else echo "FAILED. $line."; fi
exit $failed
