# Targets for people and for CI. Everything needs Go, git and gcc (for -race) only.
GO          ?= go
STATICCHECK ?= honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME    ?= 30s
SEEDS       ?= 1:150
SMALL       ?= /tmp/towtank-parity

# A pipe fails when any part of it does.
SHELL       := /bin/bash
.SHELLFLAGS := -o pipefail -ec

.PHONY: parity parity-test parity-bench verify build test check fmt vet staticcheck tidy race invariants library goldens fuzz bench example

build: ## The command, as ./towtank.
	$(GO) build -o towtank ./cmd/towtank

test: ## What the README tells to run.
	$(GO) test ./...

check: fmt vet staticcheck tidy race invariants library goldens example fuzz ## All that CI holds a change to.

fmt:
	@out=$$(gofmt -l .); if [ -n "$$out" ]; then echo "not gofmt-ed:"; echo "$$out"; exit 1; fi

vet:
	$(GO) vet ./...

staticcheck:
	$(GO) run $(STATICCHECK) ./...

tidy: ## go.mod says what the code imports; the tree keeps its own rules.
	$(GO) mod tidy -diff
	$(GO) test -count=1 .

race: ## -short leaves the statistics out: they take ten times as long under the race detector.
	$(GO) test -race -short ./...

invariants: ## Kept state is derived anew and compared while the tests run.
	$(GO) test -tags invariants -short ./...

library: ## Every library scenario runs and leaves its fingerprint.
	$(GO) test -count=1 -run 'Library' ./scenarios/library/...

goldens: ## No generated file differs from what the code generates.
	$(GO) test -count=1 -run 'Golden|Doc' ./reports/... ./scenarios/... ./cmd/...

example: ## A plugin in a module of its own: its tests, its command, its comparison.
	cd examples/plugin && $(GO) vet ./... && $(GO) test -count=1 ./...

fuzz: ## Each fuzz target for FUZZTIME, two at a time; shrinking what covers more would take most of it.
	@$(GO) test -list '^Fuzz' ./... \
	  | awk '/^Fuzz/ { names[n++] = $$1 } $$1 == "ok" || $$1 == "?" { for (i = 0; i < n; i++) print $$2, names[i]; n = 0 }' \
	  | xargs -r -P 2 -L 1 sh -c 'echo "fuzz $$0 $$1"; $(GO) test -run "^$$" -fuzz "^$$1\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x -parallel 1 "$$0"'

bench: ## Benchmarks with allocations; compare two runs with benchstat.
	$(GO) test -run '^$$' -bench . -benchmem ./...

parity: ## Random cases by seed past the real scheduler and ours: SEEDS=1:2000. The first build takes minutes.
	cd scheduler/parity && $(GO) run ./cmd/parity --seeds $(SEEDS) --shrink $(SMALL) --coverage

parity-test: ## The tests of the comparison, and deliberate mistakes in plugins, queue, cycle and kept answers.
	cd scheduler/parity && $(GO) vet ./... && $(GO) test -timeout 40m ./...

parity-bench: ## The real scheduler's cycle and ours, pods a second, on the same clusters.
	cd scheduler/parity && $(GO) run ./cmd/parity-bench

verify: ## A scenario of yours with the real scheduler led beside ours: make verify FILE=scenario.yaml ARGS="--until 2h".
	@test -n "$(FILE)" || { echo "want make verify FILE=scenario.yaml"; exit 2; }
	cd scheduler/parity && $(GO) build -o $(CURDIR)/scheduler/parity/bin/ ./cmd/towtank-verify
	scheduler/parity/bin/towtank-verify $(FILE) $(ARGS)
