package cloud

import (
	"errors"
	"testing"
	"time"

	"catalog/release/cloud/standin"
)

// healthChecks are all that integration/ asks of an environment on AWS.
func healthChecks(t *testing.T, a *Account, send func() error) error {
	t.Helper()
	return errors.Join(
		a.CheckTasks(t.Context(), "dev", 2), a.CheckAlarms(t.Context(), "dev"), a.CheckInsights(t.Context(), "dev"),
		a.CheckTraces(t.Context(), "dev", 20*time.Millisecond, time.Millisecond, send),
	)
}

// TestS2_O4_WhatIsNotHealthyIsNamed: each thing by itself, and nothing else.
func TestS2_O4_WhatIsNotHealthyIsNamed(t *testing.T) {
	aws := standin.Start("dev")
	a := connect(t, aws)
	sent := 0
	send := func() error { sent++; return nil }
	says(t, a.CheckTasks(t.Context(), "dev", 2), "there is no service service-catalog-dev", "bin/catalogctl deploy --suffix dev")
	aws.Healthy("dev")
	if err := healthChecks(t, a, send); err != nil || sent != 1 {
		t.Errorf("a healthy environment: %v, after %d requests", err, sent)
	}
	for what, parts := range map[string][]string{
		"task":     {"1 tasks run in 1 zones, want 2", "status --aws --suffix dev"},
		"zone":     {"2 tasks run in 1 zones, want 2", "status --aws --suffix dev"},
		"target":   {"1 targets are healthy, want 2, 10.0.0.2 is unhealthy", "[503]", "status --aws --suffix dev"},
		"alarm":    {"alarm-api-errors-dev (7 datapoints were over 1)", "docs/runbooks"},
		"alarms":   {"has no alarm", "bin/catalogctl deploy --suffix dev"},
		"insights": {"Container Insights are disabled, want enhanced", "deploy --diff --suffix dev"},
		"trace":    {"no trace of the service arrived within 20ms", "the collector runs"},
	} {
		aws.Healthy("dev")
		aws.Break("dev", what)
		says(t, healthChecks(t, a, send), parts...)
	}
	aws.Healthy("dev")
	says(t, healthChecks(t, a, func() error { return errors.New("the API does not answer") }), "the API does not answer")
	for action, part := range map[string]string{
		"DescribeServices": "service-catalog-dev cannot be read", "DescribeTargetHealth": "tg-blue-dev cannot be read",
		"DescribeAlarms": "the alarms cannot be read", "DescribeClusters": "cluster-catalog-dev cannot be read", "GetTraceSummaries": "the traces cannot be read",
	} {
		aws.Fail(action, "AccessDeniedException", "no", 99)
		says(t, healthChecks(t, a, send), part)
		aws.Fail(action, "", "", 0)
	}
}
