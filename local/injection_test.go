package local

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"catalog/contract"
)

// A container gets what the template says, what a place without network
// interfaces must add, and nothing of this process.
func TestD4_SecretsAndEnvironmentAreInjected(t *testing.T) {
	t.Setenv("CATALOG_TEST_OF_THE_PARENT", "must not be inherited")
	p := newPlace(t)
	if err := CreateSecret(p.options.StateDir, "secret-db", map[string]string{"username": "catalog", "password": "a=b c\"d"}); err != nil {
		t.Fatal(err)
	}
	e := p.up(t, edits{
		"Resources.Service.Properties.DesiredCount": `1`,
		api + "Environment":                         `[{"Name": "LOG_LEVEL", "Value": "info"}, {"Name": "PORT", "Value": "8080"}, {"Name": "SUFFIX", "Value": {"Fn::Sub": "${AWS::StackName}"}}]`,
		api + "Secrets": `[{"Name": "DB_USERNAME", "ValueFrom": {"Fn::Join": ["", ["arn:aws:secretsmanager:ap-southeast-2:", {"Ref": "AWS::AccountId"}, ":secret:secret-db:username::"]]}},
			{"Name": "DB_PASSWORD", "ValueFrom": "arn:aws:secretsmanager:ap-southeast-2:000000000000:secret:secret-db-LOCAL0:password::"}]`,
	})
	_, body := p.ask(t, e, http.MethodGet, "/api/environment")
	var got []string
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	got = slices.DeleteFunc(got, func(v string) bool { // others in each run
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains([]string{envMetadataURI, contract.EnvOTLPEndpoint, contract.EnvXRayDaemon}, name)
	})
	_, port, err := net.SplitHostPort(e.Status().Services[0].Tasks[0].Address)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`DB_PASSWORD=a=b c"d`, "DB_USERNAME=catalog", "HOST=127.0.0.1", "LOG_LEVEL=info", "PATH=" + os.Getenv("PATH"),
		"PORT=" + port, "SUFFIX=stack-catalog-test",
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("the container has %q, want %q", got, want)
	}
}

func TestD5_AMissingSecretOrKeyIsAnErrorAtCreation(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ reference, want string }{
		"secret":        {"arn:aws:secretsmanager:r:0:secret:secret-none:password::", "secret secret-none does not exist: the stack looks it up and never creates it"},
		"key":           {"arn:aws:secretsmanager:r:0:secret:secret-db:hostname::", `secret secret-db has no key "hostname": it has password`},
		"no key at all": {"arn:aws:secretsmanager:r:0:secret:secret-db", "names no key of a secret"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			if err := CreateSecret(p.options.StateDir, "secret-db", map[string]string{"password": "x"}); err != nil {
				t.Fatal(err)
			}
			p.fail(t, edits{api + "Secrets": `[{"Name": "DB_PASSWORD", "ValueFrom": "` + c.reference + `"}]`},
				"stack stack-catalog-test: Task (AWS::ECS::TaskDefinition): container api: its secret DB_PASSWORD", c.want)
			if got := p.eventsOf(TaskStarting); len(got) != 0 {
				t.Errorf("tasks were started: %v", got)
			}
			entries, err := os.ReadDir(filepath.Join(p.options.StateDir, secretsDir))
			if err != nil || len(entries) != 1 {
				t.Errorf("the secrets are %v, %v: none may be created", entries, err)
			}
		})
	}
}

func TestD4_AVariableThatIsAlsoASecretIsRefused(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	if err := CreateSecret(p.options.StateDir, "secret-db", map[string]string{"password": "x"}); err != nil {
		t.Fatal(err)
	}
	p.fail(t, edits{
		api + "Environment": `[{"Name": "LOG_LEVEL", "Value": "info"}, {"Name": "DB_PASSWORD", "Value": "plain"}]`,
		api + "Secrets":     `[{"Name": "DB_PASSWORD", "ValueFrom": "arn:aws:secretsmanager:r:0:secret:secret-db:password::"}]`,
	}, "Task (AWS::ECS::TaskDefinition): container api: its variable DB_PASSWORD is in Environment and in Secrets")
}
