# shellcheck shell=bash
# What run.sh, test.sh and bench.sh share: a Docker engine, the images, and the end of what was started. Sourced.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
state=${OGC_DATA:-${XDG_STATE_HOME:-$HOME/.local/state}/ogcprocesses}
logs=$state/logs
base_image=debian:bookworm-slim
started=()

mkdir -p "$logs"

note() { printf '%s\n' "$*" >&2; }

fail() {
  note "$@"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# quietly LOG COMMAND...: the output goes to a file, shown only when the command fails.
quietly() {
  local log=$logs/$1
  shift
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 40 "$log" >&2
    note "Failed: $* (whole log: $log)"
    return 1
  fi
}

# wait_until SECONDS COMMAND...: polls four times a second.
wait_until() {
  local left=$(($1 * 4))
  shift
  until "$@" >/dev/null 2>&1; do
    ((left-- > 0)) || return 1
    sleep 0.25
  done
}

free_port() {
  local port=$1
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    port=$((port + 1))
  done
  echo "$port"
}

has_ended() { ! kill -0 "$1" 2>/dev/null; }

# Ends the processes this script started, the last one first, each by its id; containers are noted as "container:<id>".
stop_started() {
  local i entry
  for ((i = ${#started[@]} - 1; i >= 0; i--)); do
    entry=${started[i]}
    case $entry in
      container:*) docker rm -f "${entry#*:}" >/dev/null 2>&1 || true ;;
      *)
        kill "$entry" 2>/dev/null || continue
        wait_until 30 has_ended "$entry" || kill -KILL "$entry" 2>/dev/null || true
        ;;
    esac
  done
  started=()
}

require_dotnet() {
  if ! have dotnet || ! dotnet --list-sdks | grep -q '^10\.'; then
    fail "The .NET SDK 10 is needed: https://dotnet.microsoft.com/download/dotnet/10.0"
  fi
}

apt_install() {
  local install=(env DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@")
  note "Installing $*"
  # The package lists may be missing or old.
  "${install[@]}" >"$logs/apt.log" 2>&1 </dev/null && return
  quietly apt-update.log apt-get update
  quietly apt.log "${install[@]}"
}

can_install() { [[ $(id -u) == 0 ]] && have apt-get; }

engine_answers() { docker info >/dev/null 2>&1; }

engine_answers_or_ended() { engine_answers || has_ended "$engine"; }

# Starts dockerd with what the machine allows: all it can do first, then without what sandboxes often forbid.
start_engine() {
  local flags log=$logs/dockerd.log
  # Without an init system nobody mounts the control groups. Harmless where they are mounted already.
  if [[ ! -e /sys/fs/cgroup/cgroup.controllers && ! -e /sys/fs/cgroup/cpu ]]; then
    have cgroupfs-mount || apt_install cgroupfs-mount
    cgroupfs-mount || true
  fi
  for flags in "" "--iptables=false" "--iptables=false --bridge=none" \
    "--iptables=false --bridge=none --storage-driver=vfs"; do
    # A session of its own, so that Ctrl-C reaches the engine only after the jobs were stopped.
    # shellcheck disable=SC2086  # several flags in one word
    setsid dockerd $flags >"$log" 2>&1 </dev/null &
    engine=$!
    wait_until 60 engine_answers_or_ended || true
    if engine_answers && ! has_ended "$engine"; then
      started+=("$engine")
      note "Started dockerd${flags:+ $flags} (process $engine, log $log)"
      return
    fi
    kill "$engine" 2>/dev/null || true
    wait_until 15 has_ended "$engine" || kill -KILL "$engine" 2>/dev/null || true
  done
  tail -n 20 "$log" >&2
  fail "dockerd does not start; its log is $log"
}

ensure_docker() {
  if have docker && engine_answers; then
    return
  fi
  if [[ -n ${DOCKER_HOST:-} ]]; then
    fail "The Docker engine at DOCKER_HOST=$DOCKER_HOST does not answer (or the docker client is missing)."
  fi
  if [[ -S /var/run/docker.sock && ! -w /var/run/docker.sock ]]; then
    fail "No access to the Docker engine: 'sudo usermod -aG docker $(id -un)', then log in again."
  fi
  if ! can_install && ! { [[ $(id -u) == 0 ]] && have dockerd; }; then
    fail "A Docker engine is needed: install Docker Engine (https://docs.docker.com/engine/install/," \
      "or 'sudo apt-get install docker.io'), start it, and give this user access to it."
  fi
  have dockerd || apt_install docker.io cgroupfs-mount
  # Newer Debian releases ship the client apart.
  have docker || apt_install docker-cli
  # Where systemd runs, installing has started the engine.
  if [[ -d /run/systemd/system ]] && wait_until 15 engine_answers; then
    return
  fi
  start_engine
}

# Identifies a build context, so that an image is rebuilt when a file of it changes.
context_hash() {
  local sum=(sha256sum)
  have sha256sum || sum=(shasum -a 256)
  (cd "$1" && find . -type f | LC_ALL=C sort | while IFS= read -r file; do
    printf '%s\n' "$file"
    "${sum[@]}" <"$file"
  done) | "${sum[@]}" | cut -d ' ' -f 1
}

ensure_base_image() {
  if docker image inspect "$base_image" >/dev/null 2>&1; then
    return
  fi
  note "Pulling $base_image"
  if docker pull -q "$base_image" >"$logs/pull.log" 2>&1 </dev/null; then
    return
  fi
  if ! can_install; then
    cat "$logs/pull.log" >&2
    fail "$base_image cannot be pulled. Without a registry it can be made with debootstrap, which needs root on Debian."
  fi
  note "No registry at hand: making $base_image with debootstrap"
  have debootstrap || apt_install debootstrap
  local root
  root=$(mktemp -d "$state/debian.XXXXXX")
  quietly debootstrap.log debootstrap --variant=minbase bookworm "$root" http://deb.debian.org/debian || exit 1
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  tar -C "$root" -c . | docker import - "$base_image" >"$logs/import.log"
  rm -rf "$root"
}

# ensure_image NAME FOLDER [CONTEXT_COMMAND]: builds ogcprocesses/NAME:1 of a folder unless it is there as the folder is now.
# The command prints the build context, where that is not the folder itself.
ensure_image() {
  local name=$1 folder=$2 context=$2 source
  source=$(context_hash "$folder")
  if [[ $(docker image inspect -f '{{index .Config.Labels "org.ogcprocesses.source"}}' \
    "ogcprocesses/$name:1" 2>/dev/null) == "$source" ]]; then
    return
  fi
  ensure_base_image
  note "Building ogcprocesses/$name:1"
  [[ -z ${3:-} ]] || context=$("$3" "$folder") || exit 1
  # The host's network: an engine without a bridge (see start_engine) has no other.
  quietly "build-$name.log" docker build --network host --build-arg "BASE=$base_image" \
    --label "org.ogcprocesses.source=$source" -t "ogcprocesses/$name:1" -f "$folder/Dockerfile" "$context" || exit 1
}

ensure_images() {
  ensure_image echo "$repository/build/images/echo"
  ensure_image ndvi "$repository/build/images/ndvi"
}

# The images of docs/tutorials/package-your-algorithm.md, which tests run.
ensure_example_images() {
  local examples=$repository/docs/examples
  ensure_image example-shell "$examples/shell"
  ensure_image example-python "$examples/python"
  ensure_image example-r "$examples/r"
  ensure_image example-csharp "$examples/csharp" published
}

# Publishes the .NET program of a folder for Linux, .NET included, and prints where it is.
published() {
  local output
  output=$state/published/$(basename "$1")
  rm -rf "$output"
  # Its intermediate files lie elsewhere: the folder's content identifies the image.
  quietly publish.log dotnet publish "$1" -c Release --os linux --self-contained --artifacts-path "$state/published/artifacts" -o "$output" &&
    echo "$output"
}

# What a test builds the server's image on, for want of a registry.
ensure_runtime_image() {
  ensure_image test-runtime "$repository/tests/WebApi.FunctionalTests/Deployment/image/runtime" with_runtime
}

# Copies the machine's .NET runtime, without the SDK, to a folder of its own, and prints where that is.
with_runtime() {
  local output=$state/runtime root part
  root=$(dotnet --list-runtimes | sed -n 's|^Microsoft.NETCore.App 10\..* \[\(.*\)/shared/.*\]$|\1|p' | tail -n 1)
  rm -rf "$output"
  mkdir -p "$output"
  for part in dotnet host shared; do
    cp -R "$root/$part" "$output/" || return
  done
  echo "$output"
}

# Programs that some tests look through or compare with. Without them those tests are skipped, and say so.
ensure_test_tools() {
  local missing=()
  have chromium || missing+=(chromium)
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || have initdb || missing+=(postgresql)
  have sqlite3 || missing+=(sqlite3)
  # The one program of an image that tests make.
  [[ -x /bin/busybox ]] || missing+=(busybox-static)
  have cwltool || missing+=(cwltool)
  [[ -x /usr/sbin/nginx ]] || missing+=(nginx)
  [[ -e /usr/lib/python3/dist-packages/swift/proxy/server.py ]] || missing+=(swift-proxy swift-account swift-container swift-object)
  /usr/bin/python3 -c 'import jsonschema, owslib' >/dev/null 2>&1 || missing+=(python3-jsonschema python3-owslib)
  have npm || missing+=(nodejs npm)
  have docker-compose || missing+=(docker-compose)
  if ((${#missing[@]} > 0)) && can_install; then
    apt_install "${missing[@]}" || note "Going on without ${missing[*]}"
  fi
  ensure_typescript
}

# What makes and compiles a client in TypeScript, in the versions of the lock file; a test finds it by OGC_TEST_TYPESCRIPT.
ensure_typescript() {
  local lock=$repository/tests/WebApi.FunctionalTests/OpenApi/typescript/package-lock.json
  have npm || return 0
  export OGC_TEST_TYPESCRIPT=$state/typescript
  cmp -s "$lock" "$OGC_TEST_TYPESCRIPT/installed" && return
  note "Installing npm packages"
  mkdir -p "$OGC_TEST_TYPESCRIPT"
  cp "$lock" "${lock%-lock.json}.json" "$OGC_TEST_TYPESCRIPT/"
  if quietly npm.log npm ci --prefix "$OGC_TEST_TYPESCRIPT" --ignore-scripts --no-audit --no-fund; then
    cp "$lock" "$OGC_TEST_TYPESCRIPT/installed"
  else
    note "Going on without them"
    unset OGC_TEST_TYPESCRIPT
  fi
}

# Copies the sample scene out of the image and prints where it is.
sample_scene() {
  local folder=$state/sample container
  mkdir -p "$folder"
  container=$(docker create ogcprocesses/ndvi:1)
  docker cp -q "$container:/opt/sample/L7_ETMs.tif" "$folder/" >/dev/null 2>&1 \
    || docker cp "$container:/opt/sample/L7_ETMs.tif" "$folder/" >/dev/null
  docker rm "$container" >/dev/null
  echo "$folder/L7_ETMs.tif"
}
