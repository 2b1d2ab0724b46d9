#!/bin/sh
# Gives every input back as the output of the same identifier.
#
#   echo-inputs [--pause SECONDS]
#
# Values: the members of inputs.json are the members of outputs.json. Files: a single staged file becomes
# /job/outputs/<id>.<ext> and its member (a path that means nothing outside) is left out; inside an array the path is
# replaced by the content, which must be JSON.
#
# Start-up time is what the benchmarks measure, so without files and pause nothing is forked: only builtins and one exec.
set -eu

inputs=${OGC_INPUTS:-/job/inputs.json}
outputs=${OGC_OUTPUTS:-/job/outputs}

if [ "${1-}" = --pause ]; then
  # A shell that is process 1 ignores SIGTERM unless it has a trap, and runs the trap only when no foreground
  # child keeps it waiting: hence sleep in the background, and wait.
  trap 'kill "$!" 2>/dev/null; exit 143' TERM INT
  elapsed=0
  while [ "$elapsed" -lt "$2" ]; do
    echo "::progress $((100 * elapsed / $2)) Paused for $elapsed of $2 seconds"
    sleep 1 &
    wait "$!"
    elapsed=$((elapsed + 1))
  done
  trap - TERM INT
fi
echo "::progress 100 Echoing the inputs"

set -- "${inputs%/*}"/inputs/*/*
if [ ! -e "$1" ]; then
  exec cp "$inputs" "$outputs/outputs.json"
fi

for file; do
  id=${file%/*}
  id=${id##*/}
  name=${file##*/}
  case $name in
    ?*.*) cp "$file" "$outputs/$id.${name##*.}" ;;
    *) cp "$file" "$outputs/$id" ;;
  esac
done

# shellcheck disable=SC2016  # awk's variables, not the shell's
exec awk '
  function content(path,    text, line) {
    text = ""
    while ((getline line < path) > 0) text = text line "\n"
    close(path)
    return text
  }
  BEGIN {
    json = content(ARGV[1])
    for (i = 2; i < ARGC; i++) {
      quoted = "\"" ARGV[i] "\""
      at = index(json, quoted)
      if (at == 0) continue
      before = substr(json, 1, at - 1)
      after = substr(json, at + length(quoted))
      if (sub(/"[^"]*"[ \t\n]*:[ \t\n]*$/, "", before)) {
        if (!sub(/,[ \t\n]*$/, "", before)) sub(/^[ \t\n]*,/, "", after)
        json = before after
      } else {
        json = before content(ARGV[i]) after
      }
    }
    printf "%s", json
  }' "$inputs" "$@" > "$outputs/outputs.json"
