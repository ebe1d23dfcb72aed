#!/usr/bin/env bash
# Makes the secrets of docker-compose.yml in secrets/, each only if it is not there. Keep that folder out of the repository and in the backup.
set -euo pipefail
cd "$(dirname "$0")/.."
umask 077
mkdir -p secrets

random() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
keep() { [ -s "secrets/$1" ] || printf '%s' "$2" >"secrets/$1"; }

keep db_password "$(random)"
keep matbang_secret "$(random)"
keep database_url "postgres://matbang:$(cat secrets/db_password)@db:5432/matbang?sslmode=disable"
# compose hands the files over as they are, and the program in the container is another user: the closed folder keeps them from others here
chmod 700 secrets
chmod 444 secrets/*
echo "the secrets are in secrets/"
