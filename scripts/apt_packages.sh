#!/usr/bin/env bash
# Installs the Debian packages of apt-packages.txt that are missing.   apt_packages.sh run|test
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

wanted=$1 # "test" includes "run"
missing=()
while read -r when package probe; do
  case $when in '' | '#'*) continue ;; test) [ "$wanted" = test ] || continue ;; esac
  bash -c "$probe" >/dev/null 2>&1 || missing+=("$package")
done <apt-packages.txt
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "Missing: ${missing[*]}. There is no apt-get here: install them with this system's package manager." >&2
  exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
  as_root=(sudo)
else
  echo "Missing Debian packages: ${missing[*]}. Somebody with root's rights installs them with:" \
    "apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi

echo "Installing Debian packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
install=("${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}")
# An old package list names files that are gone: fetch a new one and try again, once.
"${install[@]}" >.build/apt.log 2>&1 || {
  "${as_root[@]}" apt-get update -qq >>.build/apt.log 2>&1 && "${install[@]}" >>.build/apt.log 2>&1
} || {
  tail -n 15 .build/apt.log >&2
  echo "These Debian packages could not be installed: ${missing[*]}. The whole story is in .build/apt.log." >&2
  exit 1
}
