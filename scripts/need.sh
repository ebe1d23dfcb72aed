#!/usr/bin/env bash
# Makes sure that a tool is there, installs it if that can be done without asking, and says in one sentence what to do otherwise.
# usage: scripts/need.sh node|postgres|chromium|golangci-lint      Prints the tool's path where there is one; messages go to standard error.
set -euo pipefail
cd "$(dirname "$0")/.."

lint_version=2.15.0

say() { echo "$*" >&2; }
fail() { say "$*"; exit 1; }

# install PACKAGE… with the system's package manager, when we are allowed to
install() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  say "installing $* with apt-get"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >&2 </dev/null
}

first() { local name; for name in "$@"; do if [ -n "$name" ] && command -v "$name"; then return 0; fi; done; return 1; }

node_ready() { command -v npm >/dev/null && node -e 'process.exit(+process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null; }

need_node() {
  node_ready && return
  install nodejs npm || true
  node_ready || fail "Node 20 or newer with npm is needed to build the pages' style and scripts: install it from your system's packages or from nodejs.org."
}

need_postgres() {
  make -s bin/testdb
  bin/testdb >/dev/null 2>&1 && return
  say "no PostgreSQL on this machine: fetching its programs for this folder"
  make -s demo-pg >&2
  bin/testdb >/dev/null
}

need_chromium() {
  first "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable && return
  install chromium fonts-liberation || true
  first chromium chromium-browser google-chrome ||
    fail "The browser tests need Chromium: install it (Debian: apt-get install chromium fonts-liberation) or name it in CHROMIUM."
}

lint_ready() { "$1" version 2>/dev/null | grep -q "version v\?$lint_version "; }

need_lint() {
  local own=$PWD/bin/tools/golangci-lint shared
  shared=$(command -v golangci-lint || true)
  for found in "$own" "$shared"; do [ -n "$found" ] && lint_ready "$found" && { echo "$found"; return; }; done
  say "installing golangci-lint $lint_version into bin/tools (a minute or two)"
  GOFLAGS='' GOBIN=$PWD/bin/tools go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v$lint_version" >&2 ||
    fail "golangci-lint $lint_version could not be installed: put it into PATH and try again."
  echo "$own"
}

case ${1:-} in
  node) need_node ;;
  postgres) need_postgres ;;
  chromium) need_chromium ;;
  golangci-lint) need_lint ;;
  *) sed -n 2,3p "$0"; exit 2 ;;
esac
