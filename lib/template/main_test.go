package template

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"catalog/contract"
)

// environment is one that the tests synthesize: once for all of them, since
// a synthesis takes seconds.
type environment struct {
	suffix    string
	context   map[string]any
	registry  template
	catalog   template
	delivery  template // of prod alone
	findings  []finding
	directory string
}

// The environments: dev with nothing chosen, staging as it is, and prod with
// every option that there is.
var (
	dev     = &environment{suffix: "pr-42"}
	staging = &environment{suffix: "stage", context: map[string]any{"profile": "staging"}}
	prod    = &environment{suffix: "live", context: map[string]any{
		"profile":          "prod",
		"certificateArn":   "arn:aws:acm:ap-southeast-2:123456789012:certificate/12345678-1234-1234-1234-123456789012",
		"domainName":       "api.example.com",
		"hostedZoneId":     "Z0123456789ABC",
		"hostedZoneName":   "example.com",
		"testListenerCidr": "203.0.113.0/24",
		"alarmEmail":       "operators@example.com",
		"monthlyBudgetUsd": 2000.0,
		"owner":            "shop", "costCentre": "4711",
		"executeCommand": true, "githubRepository": "shop/catalog",
		"peaks": []any{map[string]any{
			"timeZone": "Australia/Sydney", "start": "0 18 27 11 ? 2026", "end": "0 2 28 11 ? 2026", "minimum": 6.0,
		}},
	}}
	environments = map[string]*environment{"dev": dev, "staging": staging, "prod": prod}
	// flask is dev with the other workload: what it changes is tested by itself.
	flask = &environment{suffix: dev.suffix, context: map[string]any{"workload": "flask"}}
)

// linted are all that the linters look at.
func linted() map[string]*environment {
	all := maps.Clone(environments)
	all["flask"] = flask
	return all
}

// What most tests look at.
var registryTemplate, catalogTemplate template

func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "lib/template:", err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "catalog-lib-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	// The app as it is: a process of its own, without -race.
	app := filepath.Join(dir, "app")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", app, "../../cmd/infra").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%w\n%s", err, out)
	}
	var failed [4]error
	var done sync.WaitGroup
	for i, e := range []*environment{dev, staging, prod, flask} {
		done.Go(func() { failed[i] = e.synthesize(app, filepath.Join(dir, strconv.Itoa(i))) })
	}
	done.Wait()
	for _, err := range failed {
		if err != nil {
			return 0, err
		}
	}
	registryTemplate, catalogTemplate = dev.registry, dev.catalog
	return m.Run(), nil
}

// synthesize runs the CDK app as the CDK's command line does.
func (e *environment) synthesize(app, dir string) error {
	content, err := os.ReadFile("../../cdk.json")
	if err != nil {
		return err
	}
	var file struct{ Context map[string]any }
	if err := json.Unmarshal(content, &file); err != nil {
		return err
	}
	file.Context["environmentSuffix"] = e.suffix
	maps.Copy(file.Context, e.context)
	context, err := json.Marshal(file.Context)
	if err != nil {
		return err
	}
	e.directory = dir
	command := exec.Command(app)
	command.Env = append(os.Environ(), "CDK_OUTDIR="+dir, "CDK_CONTEXT_JSON="+string(context))
	var stderr bytes.Buffer
	command.Stderr = &stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("the CDK app with the suffix %s: %w\n%s", e.suffix, err, stderr.Bytes())
	}
	templates := map[string]*template{
		contract.RegistryStackName(e.suffix): &e.registry, contract.CatalogStackName(e.suffix): &e.catalog,
	}
	if e.context["githubRepository"] != nil {
		templates[contract.DeliveryStackName(e.suffix)] = &e.delivery
	}
	for stack, into := range templates {
		if err := readJSON(filepath.Join(dir, stack+".template.json"), into); err != nil {
			return err
		}
		var report struct{ Lines []finding }
		if err := readJSON(filepath.Join(dir, "AwsSolutions-"+stack+"-NagReport.json"), &report); err != nil {
			return err
		}
		e.findings = append(e.findings, report.Lines...)
	}
	return nil
}

func readJSON(path string, into any) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(content, into)
}
