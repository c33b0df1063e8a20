# Tracedge. `make run` serves the API on 127.0.0.1:8787; `make test` runs every test in every runtime; `make help` lists
# the rest. Go, Node and npm are all that must be there.

GO       ?= go
NODE      = $(firstword $(wildcard node_modules/node-*/bin/node) node)
WRANGLER  = $(NODE) node_modules/wrangler/bin/wrangler.js
GOROOT   := $(shell $(GO) env GOROOT)

# What the module says of itself. Both follow from the commit, so that one commit has one module.
COMMIT   := $(shell git rev-parse --short=12 HEAD 2>/dev/null)
BUILT_AT := $(shell git log -1 --format=%cI 2>/dev/null)
LDFLAGS   = -s -w -X main.commit=$(COMMIT) -X main.builtAt=$(BUILT_AT)

# Without inlining where it saves no time that can be measured: 160 KB of the module compressed. What every request goes
# through is warm: with inlining a verified token takes 3 % less processor time, for 6 KB.
COLD      = tracedge/core/... golang.org/x/text/... net/... fmt time
WARM      = after app limit message platform recent storage tally trace web
GCFLAGS   = $(foreach cold,$(COLD),-gcflags=$(cold)=-l) $(foreach warm,$(WARM),-gcflags=tracedge/core/$(warm)=)

export CLOUDFLARE_CF_FETCH_ENABLED = false
export WRANGLER_SEND_METRICS = false

.DEFAULT_GOAL := help
SHELL := /bin/bash

## wasm: build build/tracedge.wasm and print its SHA-256 and sizes
.PHONY: wasm
wasm:
	@mkdir -p build
	@cp $(GOROOT)/lib/wasm/wasm_exec.js build/wasm_exec.js
	@GOOS=js GOARCH=wasm $(GO) build -trimpath -buildvcs=false $(GCFLAGS) -ldflags='$(LDFLAGS)' -o build/tracedge.wasm ./worker
	@printf '%s  build/tracedge.wasm\n' "$$(sha256sum build/tracedge.wasm | cut -d' ' -f1)"
	@printf '%s bytes, %s bytes gzip\n' "$$(wc -c <build/tracedge.wasm)" "$$(gzip -9c build/tracedge.wasm | wc -c)"

## run: build the module and serve it on 127.0.0.1:8787, data in .tracedge/
.PHONY: run
run: wasm
	@$(GO) build -o build/tracedge ./harness/cmd/tracedge
	@build/tracedge init-secrets
	@exec build/tracedge serve $(ARGS)

## dev: the same module under wrangler dev
.PHONY: dev
dev: node_modules
	@$(GO) run ./harness/cmd/tracedge init-secrets
	@$(WRANGLER) dev $(ARGS)

## deploy: deploy to Cloudflare (docs/deploy.md)
.PHONY: deploy
deploy: node_modules
	@$(WRANGLER) deploy $(ARGS)

## deploy-check: everything of a deployment that needs no account
.PHONY: deploy-check
deploy-check: node_modules
	@$(WRANGLER) deploy --dry-run --outdir build/deploy

## test: every test in every runtime
.PHONY: test
test: wasm test-js deploy-check
	$(GO) test -timeout 30m $$($(GO) list ./... | grep -v /harness/conformance)
	@$(MAKE) --no-print-directory conformance
	@$(MAKE) --no-print-directory simulate

## conformance: the black-box suite against the three runtimes, with its counts
.PHONY: conformance
conformance: wasm node_modules
	@set -o pipefail; $(GO) test -count=1 -timeout 60m -v ./harness/conformance 2>&1 | grep -E '^(conformance:|FAIL|ok|PASS|panic)|--- FAIL| sent '

## simulate: a fixed set of simulated worlds and a few random ones (docs/simulation.md)
.PHONY: simulate
simulate: wasm
	$(GO) run ./harness/cmd/tracedge simulate --seeds 1-60 --random 4 $(ARGS)

## soak: simulated worlds on all cores, for MINUTES (60), from a random seed on or from SEED
.PHONY: soak
soak: wasm
	$(GO) run ./harness/cmd/tracedge simulate --minutes $(or $(MINUTES),60) --seeds $(or $(SEED),$(shell date +%s)) $(ARGS)

## test-js: the JavaScript of the worker, under Node
.PHONY: test-js
test-js: node_modules
	$(NODE) --test $(shell find worker -name '*.test.mjs')

## test-kubo: the adapters with a real IPFS node, built from its module (minutes, the first time); not part of test
.PHONY: test-kubo
test-kubo:
	@cd harness/kubo && if ! $(GO) tool -n github.com/ipfs/kubo/cmd/ipfs >/dev/null; then \
		echo 'test-kubo: Kubo cannot be built here (see above); its tests are skipped'; \
	else $(GO) vet ./... && $(GO) test -count=1 ./...; fi

## check: formatting, vet, staticcheck, tidy modules, clean tree, layout
.PHONY: check
check:
	@.ci/check

## runbooks: make docs/runbooks, docs/api.md and the documents that the module serves
.PHONY: runbooks
runbooks:
	$(GO) test ./harness/openapi -run TestDocumentsAreUpToDate -update
	$(GO) test ./harness/cmd/tracedge -run TestRunbooks -update

## bench: measure the runtimes and compare them (docs/performance.md)
.PHONY: bench
bench: wasm node_modules
	@$(GO) build -o build/tracedge ./harness/cmd/tracedge
	@build/tracedge bench $(ARGS)

## bench-check: hold ratios within one run against harness/bench/budgets.json
.PHONY: bench-check
bench-check: wasm node_modules
	@$(GO) build -o build/tracedge ./harness/cmd/tracedge
	@build/tracedge bench --check --kinds latency,bcrypt,counts --scenarios health,verify --runtimes native,wazero,workerd,fresh,plain,wrangler $(ARGS)

## bench-docs: measure anew what docs/performance.md shows, and draw its plots (about twenty minutes; nothing else should run)
.PHONY: bench-docs
bench-docs: wasm node_modules
	@$(GO) build -o build/tracedge ./harness/cmd/tracedge
	@build/tracedge bench --check --runtimes native,wazero,workerd,fresh,plain,wrangler --rounds 10 --starts 4 --slice 250ms --docs docs/performance.md $(ARGS)

## record: record the log of the runbooks anew
.PHONY: record
record: wasm
	docs/runbooks/data/record.sh

## clean: remove what was built and stored here
.PHONY: clean
clean:
	rm -rf build .tracedge .wrangler node_modules

.PHONY: help
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

# The packages of the lock file, installed again when it changes. None of them needs its install script.
node_modules: package-lock.json
	npm ci --no-audit --no-fund --ignore-scripts
	@touch node_modules
