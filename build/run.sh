#!/usr/bin/env bash
# Starts the server and shows it at work: deploys the NDVI package and executes it on a Landsat scene.
#
#   build/run.sh [--once] [--port N]
#
# --once stops everything again and exits with the demonstration's success. The data lies in OGC_DATA, by default
# ~/.local/state/ogcprocesses.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

once=false
port=
while (($# > 0)); do
  case $1 in
    --once) once=true ;;
    --port)
      [[ ${2:-} =~ ^[0-9]+$ ]] || fail "--port needs a number"
      port=$2
      shift
      ;;
    *) fail "Usage: build/run.sh [--once] [--port N]" ;;
  esac
  shift
done

trap stop_started EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

require_dotnet
have curl || fail "curl is needed (sudo apt-get install curl)."
ensure_docker
ensure_images

note "Building the server"
project=$repository/src/WebApi/OgcProcesses.WebApi.csproj
quietly build-server.log dotnet build "$project" -c Release
quietly build-demo.log dotnet build "$repository/build/demo.cs" -c Release -o "$state/demo"
server_dll=$(dotnet msbuild "$project" -p:Configuration=Release -getProperty:TargetPath)

if [[ -z $port ]]; then
  port=$(free_port 8080)
elif [[ $(free_port "$port") != "$port" ]]; then
  fail "Port $port is in use."
fi
url=http://127.0.0.1:$port

# The one exception to the rule that the server fetches nothing from private addresses is the scene below.
(
  export Fetch__AllowedNetworks__0=127.0.0.0/8
  exec dotnet "$server_dll" --urls "$url" --Data:Directory "$state"
) >"$logs/server.log" 2>&1 </dev/null &
server=$!
started+=("$server")

ready_or_ended() { curl -fsS -m 5 "$url/health/ready" || has_ended "$server"; }
wait_until 60 ready_or_ended || true
if has_ended "$server" || ! curl -fsS -m 5 "$url/health/ready" >/dev/null; then
  tail -n 40 "$logs/server.log" >&2
  fail "The server does not get ready; its log is $logs/server.log"
fi
note "The server is ready at $url (process $server, log $logs/server.log)"

# Any web server will do for the scene; the one in the echo image is there in any case.
scene=$(sample_scene)
files_port=$(free_port $((port + 1)))
if have busybox && busybox --list | grep -qx httpd; then
  busybox httpd -f -p "127.0.0.1:$files_port" -h "$(dirname "$scene")" >"$logs/files.log" 2>&1 </dev/null &
  started+=("$!")
else
  files=$(docker create -p "127.0.0.1:$files_port:8000" --entrypoint /bin/busybox ogcprocesses/echo:1 \
    httpd -f -p 8000 -h /tmp)
  started+=("container:$files")
  docker cp "$scene" "$files:/tmp/" >/dev/null 2>&1
  docker start "$files" >/dev/null
fi
scene_url=http://127.0.0.1:$files_port/$(basename "$scene")
wait_until 15 curl -fsS -m 5 -o /dev/null "$scene_url" || fail "The scene cannot be read at $scene_url"

# In the background, because a trap has to wait for a command in the foreground, but not for this "wait".
dotnet "$state/demo/demo.dll" "$url" "$repository/build/images/ndvi/package.json" "$scene_url" "$state/demo-results" </dev/null &
demo=$!
started+=("$demo")
succeeded=true
wait "$demo" || succeeded=false

if $once; then
  $succeeded
  exit
fi
$succeeded || note "The demonstration failed; the server's log is $logs/server.log"
note "Server is up at $url (the scene at $scene_url); Ctrl-C stops it."
wait "$server" || fail "The server ended; its log is $logs/server.log"
