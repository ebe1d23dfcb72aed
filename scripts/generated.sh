#!/usr/bin/env bash
# Fails when a file that a program writes is not what the program would write now. Every such file has a go:generate line.
set -euo pipefail
cd "$(dirname "$0")/.."

state() { git ls-files -co --exclude-standard -z | sort -z | xargs -0 sha256sum 2>/dev/null || true; }

before=$(state)
go generate ./...
changed=$(diff <(echo "$before") <(state) | sed -nE 's/^[<>] [0-9a-f]{64}  //p' | sort -u)
[ -z "$changed" ] || { echo "these files were out of date and have been written anew; commit them:"; echo "$changed"; exit 1; }
