#!/usr/bin/env bash
# Runs all tests, with a Docker engine and the images they need. The last line is the sum over all projects.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

trap stop_started EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Adds up <Counters total= executed= passed= failed= .../> of the result files. What was neither passed nor failed was
# skipped: the "notExecuted" of the file is not filled by every adapter. A build that fails or a test host that crashes
# leaves no failed test behind, and counts as one.
summarise() {
  { find "$results" -maxdepth 1 -name '*.trx' -exec grep -ho '<Counters [^>]*>' {} + || true; } | awk -v succeeded="$succeeded" '
    function value(name) {
      return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0
    }
    {
      total += value("total")
      passed += value("passed")
      failed += value("failed") + value("error") + value("timeout") + value("aborted")
    }
    END {
      if (succeeded == "true") { passed += failed; failed = 0 }
      if (succeeded == "false" && failed == 0) { failed = 1; total++ }
      printf "%d passed, %d failed, %d skipped\n", passed, failed, total - passed - failed
    }'
}

# The methods of the tests that failed, a line each.
failed_tests() {
  { find "$results" -maxdepth 1 -name '*.trx' -exec grep -ho '<UnitTestResult [^>]*outcome="Failed"[^>]*>' {} + || true; } |
    sed 's/.* testName="\([^"(]*\).*/\1/' | sort -u
}

# Engines, browsers and disks of a busy machine have hiccups that are no mistake of the code: a few failed tests are tried
# once more, and named. One that fails again has failed.
try_failed_again() {
  # A test host that crashed has not told of all tests.
  ! grep -qs -e 'host process crashed' -e 'outcome="Aborted"' "$results"/*.trx || return 1
  local failed
  mapfile -t failed < <(failed_tests)
  ((${#failed[@]} > 0 && ${#failed[@]} <= 5)) || return 1
  note "Trying again: ${failed[*]}"
  local filter
  filter=$(printf '|Name~%s' "${failed[@]}")
  dotnet test OgcProcesses.sln -c Release --no-build -m:1 --filter "${filter:1}" --logger "console;verbosity=minimal" </dev/null || return 1
  note "Passed at the second try only: ${failed[*]}"
}

require_dotnet
ensure_docker
ensure_images
# Beside the tools and the build, whose restore and installations mostly wait for the network and the disk.
{ ensure_example_images; ensure_runtime_image; } &
examples=$!
started+=("$examples")
ensure_test_tools
OGC_TEST_SCENE=$(sample_scene)
export OGC_TEST_SCENE
# The standard's own schemas, where somebody has put them beside the repository.
schemas=$repository/../shared/ogc/json-schema
if [[ -d $schemas ]]; then
  export OGC_TEST_SCHEMAS=${OGC_TEST_SCHEMAS:-$schemas}
fi

cd "$repository"
results=$repository/artifacts/test-results
rm -rf "$results"
mkdir -p "$results"

succeeded=true
note "Building"
if quietly build-tests.log dotnet build OgcProcesses.sln -c Release && wait "$examples"; then
  # One project after the other: they share the engine and two processors, and result files of the same second
  # would get the same name. A test that hangs is named and ends the run, rather than last for ever.
  dotnet test OgcProcesses.sln -c Release --no-build -m:1 --logger trx --logger "console;verbosity=minimal" \
    --blame-hang-timeout 10m --blame-hang-dump-type none --results-directory "$results" </dev/null || try_failed_again || succeeded=false
else
  succeeded=false
fi

stop_started
summary=$(summarise)
echo "$summary"
$succeeded && [[ $summary != "0 passed,"* ]]
