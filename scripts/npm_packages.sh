#!/usr/bin/env bash
# Installs the locked npm packages into node_modules, each checked against its hash.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
node -e '
  const wanted = require("./package.json"), locked = require("./package-lock.json").packages[""];
  for (const group of ["dependencies", "devDependencies"])
    if (JSON.stringify(wanted[group] ?? {}) !== JSON.stringify(locked[group] ?? {})) {
      console.error(`package-lock.json does not fit package.json (${group}): run npm install.`);
      process.exit(1);
    }'
# Not `npm ci`: npm 11 refuses there a lock without addresses for the packages of other platforms, and a lock with addresses
# would name one registry. `install --no-save` takes the same versions and hashes from the lock, and changes nothing.
rm -rf node_modules
npm install --no-save --no-audit --no-fund --loglevel=error
