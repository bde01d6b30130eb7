package integration

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"catalog/contract"
	"catalog/local"
)

// system is the running system under test.
type system struct {
	outputs map[string]string
	token   string
	client  *http.Client
	// run sets this run's products and categories apart from all others.
	run string
}

var target system

func TestMain(m *testing.M) {
	var err error
	if target, err = findSystem(); err != nil {
		fmt.Fprintln(os.Stderr, "integration:", err)
		os.Exit(1)
	}
	watch := watchTargets()
	code := m.Run()
	if err := watch.stop(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "integration:", err)
		code = 1
	}
	os.Exit(code)
}

// findSystem reads where the system is and how to write to it.
func findSystem() (system, error) {
	file := os.Getenv(contract.EnvOutputs)
	if file == "" {
		file = filepath.Join("..", contract.OutputsFile)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return system{}, fmt.Errorf("%s cannot be read: start a system with make run, which writes it, or run make test, which starts its own", file)
	}
	s := system{
		run: fmt.Sprintf("it-%d", time.Now().UnixMilli()),
		client: &http.Client{
			Timeout:   20 * time.Second,
			Transport: &http.Transport{MaxIdleConnsPerHost: writers},
		},
	}
	if err := json.Unmarshal(content, &s.outputs); err != nil {
		return system{}, fmt.Errorf("%s is not a flat JSON object: %w: write it anew with make run", file, err)
	}
	s.token, err = s.findToken()
	return s, err
}

// findToken takes the token that may write from the environment, or from the
// secret of an environment on this machine.
func (s system) findToken() (string, error) {
	if token := os.Getenv(contract.EnvAPIWriteToken); token != "" {
		return token, nil
	}
	suffix := strings.TrimPrefix(s.outputs[contract.OutputServiceName], "service-catalog-")
	token, err := local.ReadSecret(filepath.Join("..", ".local", suffix), contract.APISecretName(suffix), contract.SecretKeyWriteToken)
	if err != nil {
		return "", fmt.Errorf("the token that may write is not known: set %s to the write_token of %s", contract.EnvAPIWriteToken, contract.APISecretName(suffix))
	}
	token, _, _ = strings.Cut(token, ",") // of several, while one is rotated
	return token, nil
}

// isLocal says whether the outputs were written by this machine.
func (s system) isLocal() bool {
	dashboard, err := url.Parse(s.outputs[contract.OutputDashboardURL])
	return err == nil && net.ParseIP(dashboard.Hostname()).IsLoopback()
}

// onThisMachine skips what AWS does not show.
func onThisMachine(t *testing.T) {
	t.Helper()
	if !target.isLocal() {
		t.Skip("the outputs come from AWS, which shows no process of a task")
	}
}
