package integration

import (
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
	service, err := account.Service(t.Context(), suffix)
	if err != nil {
		t.Fatal(err)
	}
	zones := map[string]bool{}
	for _, task := range service.Tasks {
		if task.Status == "RUNNING" {
			zones[task.Zone] = true
		}
	}
	if service.Running < wantedTasks || len(zones) < wantedTasks {
		t.Errorf("%d tasks run in the zones %v, want %d in two of them at least", service.Running, zones, wantedTasks)
	}
	targets, err := account.Targets(t.Context(), suffix)
	if err != nil {
		t.Fatal(err)
	}
	healthy := 0
	for _, one := range targets {
		if one.Health == "healthy" {
			healthy++
		}
	}
	if healthy < wantedTasks {
		t.Errorf("%d targets are healthy, want %d: %+v", healthy, wantedTasks, targets)
	}
}

// TestO4_NoAlarmIsOnOnAWS: one that has too little data yet is not on.
func TestO4_NoAlarmIsOnOnAWS(t *testing.T) {
	t.Parallel()
	account, suffix := onAWS(t)
	alarms, err := account.Alarms(t.Context(), suffix)
	if err != nil || len(alarms) == 0 {
		t.Fatalf("the alarms are %v, %v", alarms, err)
	}
	for _, alarm := range alarms {
		if alarm.State == "ALARM" {
			t.Errorf("%s is on: %s", alarm.Name, alarm.Reason)
		}
	}
}

func TestO1_ContainerInsightsAreOnOnAWS(t *testing.T) {
	t.Parallel()
	account, suffix := onAWS(t)
	if value, err := account.ContainerInsights(t.Context(), suffix); err != nil || value != "enhanced" {
		t.Errorf("Container Insights are %q, %v", value, err)
	}
}

// tracePatience is longer than X-Ray takes to show what it has got.
const tracePatience = 90 * time.Second

// TestO2_TracesArriveOnAWS: those of the requests that it sends.
func TestO2_TracesArriveOnAWS(t *testing.T) {
	t.Parallel()
	account, suffix := onAWS(t)
	for deadline := time.Now().Add(tracePatience); ; time.Sleep(5 * time.Second) {
		must(t, 200, "GET", contract.APIBase+"/products?limit=1", "", nil)
		n, err := account.Traces(t.Context(), suffix, 5*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("no trace of the service arrived within %s", tracePatience)
		}
	}
}
