# For other scripts: `stage "what it is" command…` runs a command and remembers whether it failed; `stages_end` tells and exits.
# Every stage runs even when an earlier one failed, so that one run shows everything that is wrong.
failed=()
stage() {
  local name=$1 began=$SECONDS
  shift
  echo "── $name"
  if "$@"; then
    echo "   ok, $((SECONDS - began)) s"
  else
    echo "   FAILED: $name"
    failed+=("$name")
  fi
}
stages_end() {
  if [ ${#failed[@]} -gt 0 ]; then
    echo "Failed: $(printf '%s; ' "${failed[@]}" | sed 's/; $//')." >&2
    exit 1
  fi
  echo "$1"
}
