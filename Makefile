# Mặt Bằng: every command a developer needs. `make` alone lists them.
SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS   += --no-print-directory

# One set of flags for build, vet and tests, so that they share one build cache. Static: the binary runs on any Linux.
GO          ?= go
export CGO_ENABLED := 0
export GOFLAGS     := $(strip $(shell $(GO) env GOFLAGS 2>/dev/null) -trimpath -buildvcs=false -tags=nomsgpack)
VERSION     ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
PACKAGES    ?= ./...

# npm trusts what the system trusts: an office may look into its traffic with a certificate of its own.
SYSTEM_CAS  := $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt))
ifneq ($(SYSTEM_CAS),)
export NODE_EXTRA_CA_CERTS ?= $(SYSTEM_CAS)
endif

ASSETS      := $(shell find web/assets -type f 2>/dev/null) web/build.mjs web/package.json web/package-lock.json
BENCH       := $(GO) test -run '^$$' -bench

.PHONY: help run build assets test test-go test-browser vet check format-check lint tidy-check generated-check bench bench-pages bench-all bench-quick soak demo-pg tools clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS=$$'\t' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

run: build ## build, and serve the sample city on http://127.0.0.1:8080 (settings: bin/matbang help settings)
	@[ -n "$${DATABASE_URL:-}$${DATABASE_URL_FILE:-}" ] || scripts/need.sh postgres
	@exec bin/matbang serve --demo

build: assets ## build bin/matbang with everything in it
	$(GO) build -ldflags '-s -w -X main.version=$(VERSION)' -o bin/matbang ./cmd/matbang

assets: web/dist/manifest.json ## build style, scripts and fonts into web/dist, when their sources changed

web/dist/manifest.json: web/node_modules/.stamp $(ASSETS)
	npm --prefix web run --silent build
	@touch $@

web/node_modules/.stamp: web/package.json web/package-lock.json
	@scripts/need.sh node
	npm --prefix web ci --no-progress
	@touch $@

web/e2e/node_modules/.stamp: web/e2e/package.json web/e2e/package-lock.json
	@scripts/need.sh node
	PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm --prefix web/e2e ci --no-progress
	@touch $@

scripts/pg/node_modules/.stamp: scripts/pg/package.json scripts/pg/package-lock.json
	@scripts/need.sh node
	npm --prefix scripts/pg ci --no-progress
	@touch $@

test: vet test-go test-browser ## run everything: vet, units, database, requests, browser

test-go: bin/testdb ## run the Go tests on a throw-away PostgreSQL (PACKAGES=./internal/land/... for some)
	@scripts/need.sh postgres
	bin/testdb $(GO) test -count=1 $(PACKAGES)

test-browser: build web/e2e/node_modules/.stamp ## run the browser tests against the built program
	@[ -n "$${DATABASE_URL:-}" ] || scripts/need.sh postgres
	export CHROMIUM="$$(scripts/need.sh chromium)"; npm --prefix web/e2e test

vet: assets
	$(GO) vet $(PACKAGES)

# always asked for, since the Go build cache knows better than make whether it changed
.PHONY: bin/testdb
bin/testdb:
	@$(GO) build -o $@ ./internal/postgres/embedded/cmd/testdb

check: format-check vet lint tidy-check generated-check ## check format, vet, linters, go.mod, generated files

format-check:
	@bad="$$(git ls-files -co --exclude-standard -- '*.go' | while read -r f; do [ ! -f "$$f" ] || echo "$$f"; done | xargs -r gofmt -l)"; \
	[ -z "$$bad" ] || { echo "not formatted, run gofmt -w:"; echo "$$bad"; exit 1; }

lint: assets
	@linter="$$(scripts/need.sh golangci-lint)"; echo "golangci-lint run"; "$$linter" run

tidy-check:
	$(GO) mod tidy -diff

generated-check: build
	@scripts/generated.sh

# Benchmarks named Limit hold figures against limits, those named Soak do so for long; each says its rows by internal/figures.
LIMITED     := ./internal/bank ./internal/recon ./cmd/matbang
bench: bin/testdb bin/bench ## print the figures that have limits, with them, as one table; fails when one is broken
	@scripts/need.sh postgres
	@bin/testdb bin/bench Limit 1x $(LIMITED)

bench-pages: bin/testdb bin/bench ## print how long each list page takes over a million payments, postings and lines
	@scripts/need.sh postgres
	@bin/testdb bin/bench LimitPages 1x ./internal/app

bench-all: bin/testdb ## print figures of every benchmark, five runs each
	@scripts/need.sh postgres
	bin/testdb $(BENCH) . -benchmem -count=5 -timeout 120m $(PACKAGES)

bench-quick: bin/testdb ## print rough figures of every benchmark but the long ones, one short run
	@scripts/need.sh postgres
	bin/testdb $(BENCH) '^Benchmark[^LS]' -benchmem -benchtime=0.2s $(PACKAGES)

soak: bin/testdb bin/bench ## for long (SOAK=10m each): people try what they may not, program and PostgreSQL fall amid money acts; print the figures
	@scripts/need.sh postgres
	@bin/testdb bin/bench Soak $(or $(SOAK),10m) ./internal/payout ./cmd/matbang

.PHONY: bin/bench
bin/bench:
	@$(GO) build -o $@ ./internal/figures/cmd/bench

demo-pg: scripts/pg/node_modules/.stamp ## fetch PostgreSQL programs into scripts/pg, for a machine that has none

tools: ## install what the tests and checks need
	@scripts/need.sh node
	@scripts/need.sh chromium
	@scripts/need.sh golangci-lint

clean: ## remove what make built; the data in var/ stays
	rm -rf bin web/node_modules web/e2e/node_modules scripts/pg/node_modules
	find web/dist -mindepth 1 ! -name README.md -exec rm -rf {} +
