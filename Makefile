# The catalog's commands. They need Go 1.26 and Node 20 or newer.
#   make run      the whole system on this machine, until Ctrl-C
#   make test     every test, and the integration tests against a system of their own
#   make check    format, vet, staticcheck
PORT ?= 8080
DASHBOARD_PORT ?= 8081
SUFFIX ?= $(or $(ENVIRONMENT_SUFFIX),dev)

SHELL := /bin/sh
.DELETE_ON_ERROR:
.PHONY: help run test check synth clean format go-check

# npm's own list of what it installed: newer than the lock file when current.
NPM := node_modules/.package-lock.json
CTL := bin/catalogctl
BUILD_CTL = go build -buildvcs=false -ldflags "-X main.version=$$(git describe --always --dirty 2>/dev/null || echo dev)" -o $(CTL) ./cmd/catalogctl

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

run: $(NPM) go-check ## the whole system on this machine (PORT, DASHBOARD_PORT, SUFFIX), until Ctrl-C
	@echo "building catalogctl" >&2 && $(BUILD_CTL)
	@exec $(CTL) up --port $(PORT) --dashboard-port $(DASHBOARD_PORT) --suffix $(SUFFIX)

# -race on every package; the integration tests run inside an environment of
# their own, on free ports, which goes away with its data.
test: $(NPM) go-check ## every test, -race
	go test -race $$(go list ./... | grep -v /integration)
	$(BUILD_CTL)
	@$(CTL) up --suffix make-test --ephemeral --port 0 --dashboard-port 0 --outputs .local/make-test/flat-outputs.json -- \
	go test -race -count=1 ./integration

check: $(NPM) go-check ## gofumpt, go vet, staticcheck
	@echo "gofumpt" && unformatted=$$(go tool gofumpt -l $(GO_DIRS)) && \
	if [ -n "$$unformatted" ]; then echo "not formatted, run make format:" && echo "$$unformatted" && exit 1; fi
	@echo "go vet" && go vet ./...
	@echo "staticcheck" && go tool staticcheck ./...

format: ## format the Go code
	go tool gofumpt -w $(GO_DIRS)

GO_DIRS = api cmd contract integration lib local release

synth: $(NPM) go-check ## the CloudFormation templates, in cdk.out (SUFFIX, CONTEXT="--context profile=prod")
	@echo "compiling the CDK app and synthesizing: some seconds, a minute the first time" >&2
	@npx cdk synth --quiet --context environmentSuffix=$(SUFFIX) $(CONTEXT)

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
