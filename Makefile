GOLANGCI := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
SERVERS := internal/testdb/with-servers
# SQLite, translated from C, would take most of the tests' time if it were watched as well. It shares memory among goroutines through
# its driver only, which is watched: races of pvetl are found as before.
UNWATCHED := -gcflags='modernc.org/...=-d=checkptr=0' -gcflags='modernc.org/sqlite/lib=-race=false -d=checkptr=0'
FUZZTIME ?= 10s
BENCH ?= table parts

.PHONY: help test lint bench bench-table bench-memory bench-parts fmt fuzz build compiler

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: compiler lint ## lint, then run every test with the race detector, on throwaway database servers
	$(SERVERS) go test -race $(UNWATCHED) -parallel 8 -timeout 30m ./... # more at a time than cores: much of it is waiting

lint: ## check the code; the first time builds the linter, which takes minutes
	$(GOLANGCI) run

bench: ## measure the whole program beside a bare loop, then its parts; BENCH=table, BENCH=parts or BENCH=memory: only that
	$(SERVERS) $(MAKE) --no-print-directory $(BENCH:%=bench-%)

bench-table bench-memory: bench-%:
	go run ./internal/bench $*

bench-parts:
	go test -run '^$$' -bench . -benchmem ./...

fmt: ## format the code
	$(GOLANGCI) fmt

fuzz: ## run each fuzz target for FUZZTIME (10s)
	@grep -r --include='*_test.go' -o '^func Fuzz[A-Za-z0-9_]*' . | while IFS=: read -r file target; do \
		go test -run '^$$' -fuzz "^$${target#func }$$" -fuzztime $(FUZZTIME) "$$(dirname "$$file")" || exit 1; \
	done

build: ## make the static binary ./pvetl
	CGO_ENABLED=0 go build -trimpath -ldflags "-X main.stamped=$$(git describe --tags --always --dirty)" -o pvetl ./cmd/pvetl

compiler:
	@command -v $$(go env CC) >/dev/null || { \
		echo "the race detector needs a C compiler: apt-get install gcc libc6-dev" >&2; exit 1; }
