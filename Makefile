# Targets for people and for CI. Everything needs Go, git and gcc (for -race) only.
GO          ?= go
STATICCHECK ?= honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME    ?= 30s

.PHONY: build test check fmt vet staticcheck tidy race invariants library goldens fuzz bench

build: ## The command, as ./towtank.
	$(GO) build -o towtank ./cmd/towtank

test: ## What the README tells to run.
	$(GO) test ./...

check: fmt vet staticcheck tidy race invariants library goldens fuzz ## All that CI holds a change to.

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

fuzz: ## Each fuzz target for FUZZTIME.
	@for pkg in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
	    echo "fuzz $$pkg $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; \
	done

bench: ## Benchmarks with allocations; compare two runs with benchstat.
	$(GO) test -run '^$$' -bench . -benchmem ./...
