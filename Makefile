# The catalog's commands. They need Go 1.26 and Node 20 or newer.
#   make run      the whole system on this machine, until Ctrl-C
#   make test     every test, and the integration tests against a system of their own
#   make check    format, vet, staticcheck, actionlint, and make lint
#   make bench    measured beside what a user would take instead
#   make drill    things break under load: what is lost
#   make lint     cfn-lint and CloudFormation Guard on the templates
PORT ?= 8080
DASHBOARD_PORT ?= 8081
WORKLOAD ?= go
SUFFIX ?= $(or $(ENVIRONMENT_SUFFIX),dev)

SHELL := /bin/sh
.DELETE_ON_ERROR:
.PHONY: bin/catalogctl help deploy destroy run test check check-fuzz bench drill bad-input vulncheck lint synth clean format go-check

# npm's own list of what it installed: newer than the lock file when current.
NPM := node_modules/.package-lock.json
CTL := bin/catalogctl
BUILD_CTL = go build -buildvcs=false -ldflags "-X main.version=$$(git describe --always --dirty 2>/dev/null || echo dev)" -o $(CTL) ./cmd/catalogctl

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

run: $(NPM) go-check ## the whole system on this machine (PORT, DASHBOARD_PORT, SUFFIX, WORKLOAD), until Ctrl-C
	@echo "building catalogctl" >&2 && $(BUILD_CTL)
	@exec $(CTL) up --port $(PORT) --dashboard-port $(DASHBOARD_PORT) --suffix $(SUFFIX) --workload $(WORKLOAD)

# -race on every package that has tests: the CDK, which takes a minute, is then
# compiled once, without it. The integration tests run inside an environment of
# their own, on free ports, which goes away with its data.
test: $(NPM) go-check ## every test, -race
	go test -race $$(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./... | grep -v /integration)
	$(BUILD_CTL)
	@$(CTL) up --suffix make-test --ephemeral --port 0 --dashboard-port 0 --outputs .local/make-test/flat-outputs.json -- \
	go test -race -count=1 ./integration

check: $(NPM) go-check ## gofumpt, go vet, staticcheck, actionlint, lint
	@echo "gofumpt" && unformatted=$$(go tool gofumpt -l $(GO_DIRS)) && \
	if [ -n "$$unformatted" ]; then echo "not formatted, run make format:" && echo "$$unformatted" && exit 1; fi
	@echo "go vet" && go vet ./...
	@echo "staticcheck" && go tool staticcheck ./...
	@echo "actionlint" && go tool actionlint -shellcheck= -pyflakes=
	@$(MAKE) --no-print-directory lint

# The tests of checklist 54 with the two linters of CloudFormation. Without
# Python all but cfn-lint is held, and CI is refused.
lint: $(NPM) go-check ## cfn-lint and CloudFormation Guard on every profile's templates
	@if python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then $(MAKE) --silent --no-print-directory $(CFN_LINT) && linter=$(abspath $(CFN_LINT)) || exit 1; \
	elif [ "$$CI" = true ]; \
	then echo "cfn-lint needs Python 3.11 or newer with venv, and CI must run it: install python3 and python3-venv" >&2; exit 1; \
	else echo "cfn-lint is left out, since there is no Python 3.11 or newer with venv here: install python3 and python3-venv to have it" >&2; linter=none; fi; \
	echo "cfn-lint, CloudFormation Guard and cdk-nag, on dev, staging and prod (half a minute when something changed)" >&2; \
	CFN_LINT=$$linter go test -run TestChecklist54_ ./lib/template

# In a Python environment of its own, made anew when its pins change.
CFN_LINT := .local/.cache/cfn-lint/bin/cfn-lint

$(CFN_LINT): lib/template/linters/requirements.txt
	@echo "installing cfn-lint" >&2
	@python3 -m venv --clear .local/.cache/cfn-lint
	@.local/.cache/cfn-lint/bin/python -m pip install --quiet --disable-pip-version-check --no-input --requirement $< || \
	{ echo "cfn-lint was not installed, for what pip says above: mend it, and make lint again" >&2; exit 1; }
	@touch $@

# Each of them in turn: the package, and the target's name.
FUZZ_TIME ?= 30s
check-fuzz: $(NPM) go-check ## every fuzz target, 30 s each (FUZZ_TIME)
	@grep -rn --include='*_test.go' -o '^func Fuzz[A-Za-z0-9_]*' $(GO_DIRS) | sed 's,/[^/]*:[0-9]*:func , ,' | sort | \
	while read -r dir target; do \
	echo "$$target ($$dir)" >&2 && go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZ_TIME) "./$$dir" || exit 1; \
	done

bench: $(NPM) go-check ## measured beside Flask and two ceilings: bench/results.md, docs/capacity.md (13 minutes)
	@go run ./bench

drill: $(NPM) go-check ## break things under load, and look for what was lost: bench/drills.md (SEED, ARGS="-only spot,task")
	@go run ./bench/drill $(if $(SEED),-seed $(SEED)) $(ARGS)

bad-input: $(NPM) go-check ## throw bad input at everything that reads input: bench/badinput.md (some minutes)
	@go run ./bench/badinput $(ARGS)

# It asks the vulnerability database, https://vuln.go.dev.
vulncheck: go-check ## known vulnerabilities in what is built (govulncheck; needs the internet)
	@go tool govulncheck ./...

format: ## format the Go code
	go tool gofumpt -w $(GO_DIRS)

GO_DIRS = api bench cmd contract integration lib local release workloads

synth: $(NPM) go-check ## the CloudFormation templates, in cdk.out (SUFFIX, CONTEXT="--context profile=prod")
	@echo "compiling the CDK app and synthesizing: some seconds, a minute the first time" >&2
	@npx cdk synth --quiet --context environmentSuffix=$(SUFFIX) $(CONTEXT)

$(CTL): $(NPM) go-check
	@$(BUILD_CTL)

deploy: $(NPM) go-check ## this checkout to AWS (SUFFIX, YES=1 does not ask, ARGS="--profile prod")
	@$(BUILD_CTL) && exec $(CTL) deploy --suffix $(SUFFIX) $(if $(YES),--yes) $(ARGS)

destroy: $(NPM) go-check ## delete the environment on AWS, and look for what is left (SUFFIX, YES=1)
	@$(BUILD_CTL) && exec $(CTL) destroy --suffix $(SUFFIX) $(if $(YES),--yes) $(ARGS)

clean: go-check ## remove what was built and the data of every environment that does not run
	@$(BUILD_CTL) && $(CTL) clean
	rm -rf bin cdk.out

$(NPM): package-lock.json
	@command -v node >/dev/null && command -v npm >/dev/null || \
	{ echo "node or npm was not found in PATH, and the AWS CDK and PostgreSQL's binaries come with them: install Node 20 or newer from https://nodejs.org" >&2; exit 1; }
	@echo "installing the AWS CDK's command line and PostgreSQL (npm ci)" >&2
	@npm ci --no-audit --no-fund --no-update-notifier --loglevel=error >&2
	@touch $@

go-check:
	@command -v go >/dev/null || \
	{ echo "go was not found in PATH, and everything here is built with it: install Go 1.26 from https://go.dev/dl" >&2; exit 1; }
