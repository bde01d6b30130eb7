package main_test

import (
	"slices"
	"strings"
	"testing"

	"catalog/contract"
)

// refused runs a command that must end at once with one sentence on stderr.
func refused(t *testing.T, with map[string]string, command string) string {
	t.Helper()
	code, stdout, stderr := runToEnd(t, environment(t, with), command)
	if code != 1 || stdout != "" || !strings.HasPrefix(stderr, "catalog: ") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("%s with %v: code %d, stdout %q, stderr %q", command, with, code, stdout, stderr)
	}
	for _, secret := range []string{writeToken, dbPassword} {
		if strings.Contains(stderr, secret) {
			t.Errorf("%s with %v says a secret: %q", command, with, stderr)
		}
	}
	return stderr
}

func TestD4_MissingVariableIsNamed(t *testing.T) {
	t.Parallel()
	database := []string{contract.EnvDBHost, contract.EnvDBName, contract.EnvDBUsername, contract.EnvDBPassword}
	for command, variables := range map[string][]string{
		"serve":   append(slices.Clone(database), contract.EnvAPIWriteToken),
		"migrate": database,
	} {
		for _, variable := range variables {
			said := refused(t, map[string]string{variable: ""}, command)
			if !strings.HasPrefix(said, "catalog: "+variable+" is not set") {
				t.Errorf("%s without %s: %q", command, variable, said)
			}
		}
	}
}

// TestD4_FirstMissingVariableIsAlwaysTheSame: an operator who starts again
// must see that he got further.
func TestD4_FirstMissingVariableIsAlwaysTheSame(t *testing.T) {
	t.Parallel()
	nothing := map[string]string{
		contract.EnvDBHost: "", contract.EnvDBName: "", contract.EnvDBUsername: "", contract.EnvDBPassword: "", contract.EnvAPIWriteToken: "",
	}
	for range 5 {
		if said := refused(t, nothing, "serve"); !strings.Contains(said, contract.EnvDBHost) {
			t.Errorf("%q", said)
		}
	}
}

func TestTokensThatAreBlankAreMissing(t *testing.T) {
	t.Parallel()
	for _, blank := range []string{" ", ",", " , ,"} {
		if said := refused(t, map[string]string{contract.EnvAPIWriteToken: blank}, "serve"); !strings.Contains(said, contract.EnvAPIWriteToken) {
			t.Errorf("%q: %q", blank, said)
		}
	}
}

func TestBadVariableIsNamedWithItsValue(t *testing.T) {
	t.Parallel()
	for variable, values := range map[string][]string{
		contract.EnvPort:       {"0", "-1", "65536", "http", "80 ", "8080.0"},
		contract.EnvDBPort:     {"0", "65536", "postgres"},
		contract.EnvDrainDelay: {"30", "-1s", "soon", "1 s"},
		contract.EnvLogLevel:   {"loud", "5"},
		contract.EnvDBCAFile:   {"/nowhere/ca.pem"},
	} {
		for _, value := range values {
			said := refused(t, map[string]string{variable: value}, "serve")
			if !strings.Contains(said, value) || (variable != contract.EnvDBCAFile && !strings.Contains(said, variable)) {
				t.Errorf("%s=%q: %q", variable, value, said)
			}
		}
	}
	refused(t, map[string]string{contract.EnvLogLevel: "loud"}, "migrate")
	refused(t, map[string]string{contract.EnvPort: "http"}, "healthcheck")
}

func TestPortThatIsTakenIsNamed(t *testing.T) {
	t.Parallel()
	p := serve(t, nil)
	_, port, _ := strings.Cut(strings.TrimPrefix(p.url, "http://"), ":")
	said := refused(t, map[string]string{contract.EnvPort: port}, "serve")
	if !strings.Contains(said, "127.0.0.1:"+port) || !strings.Contains(said, "address already in use") {
		t.Errorf("%q", said)
	}
}

func TestCommandsThatDoNotExist(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"drop"}, {"serve", "now"}, {"--port", "1"}} {
		if code, _, stderr := runToEnd(t, environment(t, nil), args...); code != 1 || !strings.Contains(stderr, args[len(args)-1]) && !strings.Contains(stderr, args[0]) {
			t.Errorf("%q: code %d, %q", args, code, stderr)
		}
	}
}

func TestVersionAndHelp(t *testing.T) {
	t.Parallel()
	if code, stdout, _ := runToEnd(t, nil, "--version"); code != 0 || !strings.Contains(stdout, "v1.2.3") {
		t.Errorf("--version: code %d, %q", code, stdout)
	}
	code, stdout, _ := runToEnd(t, nil, "--help")
	for _, name := range []string{"serve", "migrate", "healthcheck"} {
		if code != 0 || !strings.Contains(stdout, name) {
			t.Errorf("--help: code %d, no %s in %q", code, name, stdout)
		}
	}
}
