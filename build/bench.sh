#!/usr/bin/env bash
# Runs the benchmarks with a Docker engine and the images they need; arguments are theirs.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

trap stop_started EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

require_dotnet
# Whoever measures the databases alone runs no container.
if [[ ${1:-} != scale ]]; then
  ensure_docker
  ensure_images
fi

cd "$repository"
dotnet run -c Release --project tests/Benchmarks -- "$@"
