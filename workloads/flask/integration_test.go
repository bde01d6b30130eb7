package flask_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"catalog/contract"
)

// coreOfIntegration are the integration tests that need nothing but an API.
const coreOfIntegration = "^(TestL2_HealthReachesTheTasks|TestL2_APIReachesTheTasks|TestD4_CreateListGet|TestS4_WritesNeedTheToken)$"

// TestX3_IntegrationHoldsBothWorkloadsToTheCore: the tests of a running system,
// as they are, told by an outputs file where it is.
func TestX3_IntegrationHoldsBothWorkloadsToTheCore(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*server{"Go": both.golang, "Flask": both.flask} {
		outputs, err := json.Marshal(map[string]string{
			contract.OutputAlbDNSName: strings.TrimPrefix(s.url, "http://"), contract.OutputAPIURL: s.url + contract.APIBase,
			contract.OutputDashboardURL: "https://console.example/", contract.OutputServiceName: "service-catalog-" + name,
		})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), name+".json")
		if err := os.WriteFile(file, outputs, 0o600); err != nil {
			t.Fatal(err)
		}
		command := exec.Command("go", "test", "-count=1", "-v", "-run", coreOfIntegration, "catalog/integration")
		command.Env = append(os.Environ(), contract.EnvOutputs+"="+file, contract.EnvAPIWriteToken+"="+writeToken)
		out, err := command.CombinedOutput()
		if passed := strings.Count(string(out), "--- PASS: Test"); err != nil || passed != 4 {
			t.Errorf("%s: %d of 4 tests passed, %v\n%s", name, passed, err, out)
		}
	}
}
