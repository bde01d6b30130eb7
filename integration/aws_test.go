package integration

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"catalog/contract"
	"catalog/release/cloud"
)

// onAWS connects with the account that the outputs come from, to look and not
// to change. Without credentials the HTTP tests stand alone.
func onAWS(t *testing.T) (account *cloud.Account, suffix string) {
	t.Helper()
	if target.isLocal() {
		t.Skip("the outputs come from this machine")
	}
	suffix = strings.TrimPrefix(target.outputs[contract.OutputServiceName], "service-catalog-")
	account, err := cloud.Connect(t.Context(), os.Getenv("AWS_REGION"))
	if err != nil {
		t.Skipf("only what HTTP shows is tested, since AWS cannot be asked: %v", err)
	}
	return account, suffix
}

// TestS2_TwoTasksOverZonesOnAWS: and as many healthy targets.
func TestS2_TwoTasksOverZonesOnAWS(t *testing.T) {
	t.Parallel()
	account, suffix := onAWS(t)
	if err := account.CheckTasks(t.Context(), suffix, wantedTasks); err != nil {
		t.Error(err)
	}
}

func TestO4_NoAlarmIsOnOnAWS(t *testing.T) {
	t.Parallel()
	account, suffix := onAWS(t)
	if err := account.CheckAlarms(t.Context(), suffix); err != nil {
		t.Error(err)
	}
}

func TestO1_ContainerInsightsAreOnOnAWS(t *testing.T) {
	t.Parallel()
	account, suffix := onAWS(t)
	if err := account.CheckInsights(t.Context(), suffix); err != nil {
		t.Error(err)
	}
}

// TestO2_TracesArriveOnAWS: those of the requests that it sends.
func TestO2_TracesArriveOnAWS(t *testing.T) {
	t.Parallel()
	account, suffix := onAWS(t)
	patience, pause := 90*time.Second, 5*time.Second // longer than X-Ray takes to show what it has got
	if account.Endpoint != "" {
		patience, pause = time.Second, 100*time.Millisecond
	}
	err := account.CheckTraces(t.Context(), suffix, patience, pause, func() error {
		a, err := target.request("GET", contract.APIBase+"/products?limit=1", "", nil)
		if err == nil && a.status != 200 {
			err = fmt.Errorf("the API answers %d", a.status)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
