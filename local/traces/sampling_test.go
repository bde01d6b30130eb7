package traces

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"
)

// templateRule reads the sampling rule out of the template that is deployed.
func templateRule(t *testing.T) (rule SamplingRule, ok bool) {
	t.Helper()
	content, err := os.ReadFile("../../cdk.out/stack-catalog-dev.template.json")
	if err != nil {
		return rule, false // nothing was synthesized yet
	}
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties struct{ SamplingRule SamplingRule }
		}
	}
	json.Unmarshal(content, &template) // other resources have other properties
	for _, r := range template.Resources {
		if r.Type == "AWS::XRay::SamplingRule" {
			return r.Properties.SamplingRule, true
		}
	}
	return rule, false
}

func TestO2_TheSDKIsToldTheTemplatesRule(t *testing.T) {
	t.Parallel()
	r := start(t)
	rule := SamplingRule{RuleName: "sampling-catalog-dev", Priority: 100, FixedRate: 0.05, ReservoirSize: 1, ServiceName: "catalog-dev", URLPath: "*", Version: 1}
	if declared, ok := templateRule(t); ok {
		rule = declared
	}
	r.SetSamplingRules(rule)
	var answer struct{ SamplingRuleRecords []ruleRecord }
	if code := ask(t, r, "/GetSamplingRules", "{}", &answer); code != 200 || len(answer.SamplingRuleRecords) != 2 {
		t.Fatalf("%d, %+v", code, answer)
	}
	got := answer.SamplingRuleRecords[0].SamplingRule
	if got.RuleName != "sampling-catalog-dev" || got.FixedRate != 0.05 || got.ReservoirSize != 1 || got.ServiceName != "catalog-dev" {
		t.Errorf("the first rule is %+v", got)
	}
	if last := answer.SamplingRuleRecords[1].SamplingRule.RuleName; last != "Default" {
		t.Errorf("the last rule is %q", last)
	}
}

func TestO2_ClientsShareAReservoir(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.SetSamplingRules(SamplingRule{RuleName: "mine", Priority: 1, FixedRate: 0.1, ReservoirSize: 5})
	report := func(client string) (quota int) {
		var answer struct {
			SamplingTargetDocuments []target
			UnprocessedStatistics   []unprocessed
		}
		body := fmt.Sprintf(`{"SamplingStatisticsDocuments":[{"RuleName":"mine","ClientID":%q},{"RuleName":"nobody's","ClientID":%q}]}`, client, client)
		code := ask(t, r, "/SamplingTargets", body, &answer)
		if code != 200 || len(answer.SamplingTargetDocuments) != 1 || len(answer.UnprocessedStatistics) != 1 {
			t.Fatalf("%d, %+v", code, answer)
		}
		given := answer.SamplingTargetDocuments[0]
		if given.FixedRate != 0.1 || given.Interval != 10 || given.ReservoirQuotaTTL < float64(time.Now().Unix()) {
			t.Errorf("the target is %+v", given)
		}
		return given.ReservoirQuota
	}
	if alone := report("a"); alone != 5 {
		t.Errorf("one client may sample %d of 5", alone)
	}
	if second, first := report("b"), report("a"); second != 2 || first != 3 {
		t.Errorf("two clients may sample %d and %d of 5", first, second)
	}
	var answer map[string]string
	if code := ask(t, r, "/SamplingTargets", "{", &answer); code != 400 {
		t.Errorf("no JSON answers %d", code)
	}
}

func TestO2_AShareEndsWhenAClientIsSilent(t *testing.T) {
	t.Parallel()
	var q quotas
	now := time.Unix(1700000000, 0)
	q.share("mine", "a", 4, now)
	if got := q.share("mine", "b", 4, now); got != 2 {
		t.Errorf("two clients: %d", got)
	}
	if got := q.share("mine", "b", 4, now.Add(quotaLife+1)); got != 4 {
		t.Errorf("after the other's silence: %d", got)
	}
}
