# Everything starts here; the work is done by small programs in scripts/.

GOTEST_FLAGS ?=
FUZZTIME     ?= 10s
FUZZ         ?=
UPDATE       ?=
MODULE       ?=
FILE         ?=
ACCEPT       ?=
RECORD       ?=

.DEFAULT_GOAL := help
.PHONY: help run test race lint tidy verify bench fuzz parity services services-stop

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## start the development server on http://localhost:3000
	go run ./cli/cmd/goauth serve --dev

test: ## test every module; starts PostgreSQL, MariaDB and Redis itself
	scripts/services.sh run go run ./scripts/testall $(GOTEST_FLAGS)

race: ## the same under the race detector
	scripts/services.sh run go run ./scripts/testall -race $(GOTEST_FLAGS)

lint: ## the gate, golangci-lint, govulncheck
	scripts/lint.sh

tidy: ## go mod tidy for all modules, siblings included
	go run ./scripts/tidy

verify: ## the modules as outside users get them; UPDATE=1 accepts new golden files
	go run ./scripts/verify $(if $(UPDATE),-update)

bench: ## measure this server and upstream side by side
	scripts/services.sh run go run ./reference/bench

fuzz: ## every fuzz target for FUZZTIME each; FUZZ=regexp picks some
	go run ./scripts/fuzz -time $(FUZZTIME) -run '$(FUZZ)'

parity: ## compare with upstream; MODULE=core or FILE=two-factor runs only upstream's tests of that module or file
	go run ./reference/parity $(if $(MODULE)$(FILE),-only suite) -module '$(MODULE)' -file '$(FILE)' $(if $(ACCEPT),-accept) $(if $(RECORD),-record)

services: ## start the test services, leave them running, print their variables
	@scripts/services.sh

services-stop: ## stop what make services started
	@scripts/services.sh stop
