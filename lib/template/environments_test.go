package template

import (
	"path/filepath"
	"strings"
	"testing"

	"catalog/contract"
)

// nestedNames are physical names that do not stand at the top of a resource's
// properties.
var nestedNames = map[string][]any{
	"AWS::XRay::SamplingRule": {"SamplingRule", "RuleName"},
	"AWS::Budgets::Budget":    {"Budget", "BudgetName"},
}

// belongsTo are properties that are a physical name of one type alone; an
// endpoint's ServiceName is AWS's service, a parameter group's Family its engine.
var belongsTo = map[string]string{"Family": "AWS::ECS::TaskDefinition", "ServiceName": "AWS::ECS::Service"}

// physicalNames of an environment, with the resource that has each.
func physicalNames(e *environment) map[string]string {
	names := map[string]string{contract.RegistryStackName(e.suffix): "a stack", contract.CatalogStackName(e.suffix): "a stack"}
	for _, tmpl := range e.templates() {
		for id, r := range tmpl.Resources {
			for _, property := range nameProperties {
				if typ := belongsTo[property]; r.Properties[property] == nil || typ != "" && typ != r.Type {
					continue
				}
				if name, ok := rendered(r.Properties[property]).(string); ok && !strings.HasPrefix(name, "${") {
					names[r.Type+" "+name] = id
				}
			}
			if name, ok := in(r.Properties, nestedNames[r.Type]...).(string); ok {
				names[r.Type+" "+name] = id
			}
		}
	}
	return names
}

// TestChecklist55_EnvironmentsShareNoPhysicalName: two suffixes, all profiles.
func TestChecklist55_EnvironmentsShareNoPhysicalName(t *testing.T) {
	t.Parallel()
	owner := map[string]string{}
	for name, e := range environments {
		names := physicalNames(e)
		if len(names) < 50 {
			t.Errorf("%s has only %d physical names", name, len(names))
		}
		for physical, id := range names {
			// A record's name is the customer's domain, not the stack's.
			if strings.HasPrefix(physical, "AWS::Route53::RecordSet ") {
				continue
			}
			if other, taken := owner[physical]; taken {
				t.Errorf("%s (%s) is called %q as in %s", id, name, physical, other)
			}
			owner[physical] = name
			if !strings.Contains(physical, "-"+e.suffix) {
				t.Errorf("%s: %s is called %q, without the suffix", name, id, physical)
			}
		}
	}
}

// TestG1_ProfilesNeverChangeTheStructure: staging has what dev has, and the
// options that were asked for.
func TestG1_ProfilesNeverChangeTheStructure(t *testing.T) {
	t.Parallel()
	optional := typesOf(`
		AWS::WAFv2::WebACL AWS::WAFv2::WebACLAssociation AWS::WAFv2::LoggingConfiguration AWS::SNS::Subscription
		AWS::Route53::RecordSet AWS::Budgets::Budget`)
	count := func(e *environment) map[string]int {
		types := map[string]int{}
		for _, tmpl := range e.templates() {
			for _, r := range tmpl.Resources {
				types[r.Type]++
			}
		}
		return types
	}
	base := count(dev)
	for _, e := range []*environment{staging, prod} {
		for typ, n := range count(e) {
			extra := map[string]int{"AWS::Logs::LogGroup": 2, "AWS::ElasticLoadBalancingV2::Listener": 1}[typ]
			if !optional[typ] && (n < base[typ] || n > base[typ]+extra) {
				t.Errorf("%s has %d of %s, dev %d", e.suffix, n, typ, base[typ])
			}
		}
		for typ, n := range base {
			if count(e)[typ] < n {
				t.Errorf("%s has fewer of %s than dev", e.suffix, typ)
			}
		}
	}
}

// TestChecklist52_EveryResourceIsTagged: the tags are the stacks', which
// CloudFormation gives to every resource that takes tags (AWS: "Resource
// tags"); tasks have them from the service.
func TestChecklist52_EveryResourceIsTagged(t *testing.T) {
	t.Parallel()
	for name, e := range environments {
		owner, centre := "catalog-team", "catalog"
		if name == "prod" {
			owner, centre = "shop", "4711"
		}
		var manifest struct {
			Artifacts map[string]struct {
				Properties struct{ Tags map[string]string }
			}
		}
		if err := readJSON(filepath.Join(e.directory, "manifest.json"), &manifest); err != nil {
			t.Fatal(err)
		}
		for _, stack := range []string{contract.RegistryStackName(e.suffix), contract.CatalogStackName(e.suffix)} {
			want(t, map[string]string{
				"application": "catalog", "environment": e.suffix, "owner": owner, "cost-centre": centre,
			}, asValue(t, manifest.Artifacts[stack].Properties.Tags))
		}
		_, service := e.catalog.one(t, "AWS::ECS::Service")
		want(t, "SERVICE", service, "PropagateTags")
		want(t, true, service, "EnableECSManagedTags")
	}
}

// TestG6_BudgetWarnsBeforeItIsSpent, where there is one, and counts this
// environment alone.
func TestG6_BudgetWarnsBeforeItIsSpent(t *testing.T) {
	t.Parallel()
	if n := len(dev.catalog.all("AWS::Budgets::Budget")); n != 0 {
		t.Errorf("dev has %d budgets, want none", n)
	}
	_, budget := prod.catalog.one(t, "AWS::Budgets::Budget")
	want(t, map[string]any{"Amount": 2000, "Unit": "USD"}, budget, "Budget", "BudgetLimit")
	want(t, "MONTHLY", budget, "Budget", "TimeUnit")
	want(t, map[string]any{"TagKeyValue": []string{"user:environment$live"}}, budget, "Budget", "CostFilters")
	for i, percent := range []int{80, 100} {
		want(t, percent, budget, "NotificationsWithSubscribers", i, "Notification", "Threshold")
		want(t, "operators@example.com", budget, "NotificationsWithSubscribers", i, "Subscribers", 0, "Address")
	}
}
