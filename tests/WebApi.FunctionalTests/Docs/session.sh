# shellcheck shell=bash
# Runs before the blocks of a document: requests are held against what its comments promise. Sourced, with a folder in $scratch.
#
#   mark              a new paragraph
#   expects COMMENT   the next request is answered by the status, and with the headers, that the comment names
#   printed TEXT      what the paragraph has printed so far ends with these lines; … stands for anything

exec >"${scratch:?}/stdout"

mark() { stat -c %s "$scratch/stdout" >"$scratch/mark"; }

expects() { printf '%s' "$1" >"$scratch/promise"; }

printed() {
  local last pattern
  last=$(tail -c "+$(($(<"$scratch/mark") + 1))" "$scratch/stdout" | sed 's/\r$//' | tail -n "$(wc -l <<<"$1")")
  pattern=$(sed 's/[][\\*?]/\\&/g; s/…/*/g' <<<"$1")
  # shellcheck disable=SC2053  # it is a pattern
  [[ $last == $pattern ]] || broken "The document says: $1"$'\n'"It is: $last"
  echo
  mark
}

# Noted in a file: a request may be within a command substitution, whose end is not the session's.
broken() {
  printf '%s\n' "$*" >>"$scratch/broken"
  exit 1
}

curl() {
  local promise='' expected status header failed=0
  if [[ -e $scratch/promise ]]; then
    promise=$(<"$scratch/promise")
    rm "$scratch/promise"
  fi
  command curl -sS -D "$scratch/headers" "$@" || failed=$?
  status=$(sed -n 's/\r$//; s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$scratch/headers" | tail -n 1)
  expected=$(grep -oP '(?<![\d.])[2-5]\d\d(?![\d.]*\d)' <<<"$promise" | head -n 1) || true
  # What nobody has announced is no answer that a reader is to get.
  if [[ -n $expected && $status != "$expected" ]]; then broken "The document says: $promise"$'\n'"It is $status: curl $*"; fi
  if [[ -z $expected && $failed == 0 && $status != 2* ]]; then broken "A document's request is answered by $status: curl $*"; fi
  for header in Location ETag Link Retry-After Content-Location Preference-Applied; do
    [[ $promise =~ (^|[^-A-Za-z])$header([^-A-Za-z]|$) ]] || continue
    grep -qi "^$header:" "$scratch/headers" || broken "The document says: $promise"$'\n'"There is no header $header: curl $*"
  done
  return $failed
}
