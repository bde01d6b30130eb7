package integration

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"catalog/contract"
	"catalog/release/cloud/standin"
)

// onStandIn runs this program's tests of AWS against a stand-in for it, with
// the outputs that the stand-in's stack has.
func onStandIn(t *testing.T, aws *standin.AWS, more ...string) (output string, passed bool) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "outputs.json")
	aws.Do(func() {
		content, err := json.Marshal(aws.Change("stack-catalog-dev", "COMPLETE", nil).Outputs)
		if err == nil {
			err = os.WriteFile(file, content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run", "OnAWS$")
	command.Env = append(os.Environ(), contract.EnvOutputs+"="+file, contract.EnvAPIWriteToken+"=none", "AWS_ENDPOINT_URL="+aws.URL,
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_SESSION_TOKEN=", "AWS_PROFILE=", "AWS_REGION=", "AWS_MAX_ATTEMPTS=2",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull)
	command.Env = append(command.Env, more...)
	out, err := command.CombinedOutput()
	return string(out), err == nil
}

// TestX3_DeploymentIsLookedAtThroughAWS: what is healthy passes, what is
// broken fails with its sentence and takes nothing else along, and without
// credentials it says so and leaves the HTTP tests alone.
func TestX3_DeploymentIsLookedAtThroughAWS(t *testing.T) {
	t.Parallel()
	for _, one := range []struct{ broken, failed, says string }{
		{"", "", "--- PASS: TestS2_TwoTasksOverZonesOnAWS"},
		{"task", "TestS2_TwoTasksOverZonesOnAWS", "1 tasks run in 1 zones, want 2"},
		{"target", "TestS2_TwoTasksOverZonesOnAWS", "1 targets are healthy, want 2, 10.0.0.2 is unhealthy"},
		{"alarm", "TestO4_NoAlarmIsOnOnAWS", "alarm-api-errors-dev (7 datapoints were over 1)"},
		{"insights", "TestO1_ContainerInsightsAreOnOnAWS", "Container Insights are disabled"},
		{"trace", "TestO2_TracesArriveOnAWS", "no trace of the service arrived within 1s"},
	} {
		t.Run("broken "+one.broken, func(t *testing.T) {
			t.Parallel()
			aws := standin.Start("dev")
			defer aws.Close()
			aws.Healthy("dev")
			failures, passes := 0, 4
			if one.broken != "" {
				aws.Break("dev", one.broken)
				failures, passes = 1, 3
			}
			out, passed := onStandIn(t, aws)
			if passed != (failures == 0) || strings.Count(out, "--- FAIL: ") != failures || strings.Count(out, "--- PASS: ") != passes {
				t.Errorf("with %q broken it says %s", one.broken, out)
			}
			if !strings.Contains(out, one.says) || failures > 0 && !strings.Contains(out, "--- FAIL: "+one.failed) {
				t.Errorf("%s with %q does not fail: %s", one.failed, one.says, out)
			}
		})
	}
	t.Run("no credentials", func(t *testing.T) {
		t.Parallel()
		aws := standin.Start("dev")
		defer aws.Close()
		out, passed := onStandIn(t, aws, "AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=")
		if !passed || strings.Count(out, "--- SKIP: ") != 4 || !strings.Contains(out, "only what HTTP shows is tested, since AWS cannot be asked: there are no credentials for AWS") {
			t.Errorf("without credentials it says %s", out)
		}
	})
}
