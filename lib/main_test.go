package lib

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/aws/jsii-runtime-go"

	"catalog/contract"
)

// The templates of one environment, synthesized once for all tests: a synth
// takes seconds.
var registryTemplate, catalogTemplate template

// testContext is the CDK context of the tests on top of cdk.json's: a suffix
// that is not the default.
var testContext = map[string]any{"environmentSuffix": "pr-42"}

func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "lib:", err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (int, error) {
	defer jsii.Close() // which unpacks itself into a temporary folder when it is loaded
	dir, err := os.MkdirTemp("", "catalog-lib-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if err := synthesize(dir); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// synthesize runs the CDK app as the CDK's command line does. In a process of
// its own and without -race: jsii.Close races with jsii's own wait for Node.
func synthesize(dir string) error {
	content, err := os.ReadFile("../cdk.json")
	if err != nil {
		return err
	}
	var file struct{ Context map[string]any }
	if err := json.Unmarshal(content, &file); err != nil {
		return err
	}
	for key, value := range testContext {
		file.Context[key] = value
	}
	context, err := json.Marshal(file.Context)
	if err != nil {
		return err
	}
	// Read here so that go test notices a change of it.
	if _, err := os.ReadFile("../cmd/infra/main.go"); err != nil {
		return err
	}
	app := exec.Command("go", "run", "-buildvcs=false", "../cmd/infra")
	app.Env = append(os.Environ(), "CDK_OUTDIR="+dir, "CDK_CONTEXT_JSON="+string(context))
	var stderr bytes.Buffer
	app.Stderr = &stderr
	if err := app.Run(); err != nil {
		return fmt.Errorf("the CDK app: %w\n%s", err, stderr.Bytes())
	}
	for name, into := range map[string]*template{
		contract.RegistryStackName("pr-42"): &registryTemplate,
		contract.CatalogStackName("pr-42"):  &catalogTemplate,
	} {
		content, err := os.ReadFile(filepath.Join(dir, name+".template.json"))
		if err != nil {
			return err
		}
		if err := json.Unmarshal(content, into); err != nil {
			return err
		}
	}
	return nil
}
