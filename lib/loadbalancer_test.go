package lib

import "testing"

func TestL1_LoadBalancerStandsInThePublicSubnets(t *testing.T) {
	t.Parallel()
	_, alb := catalogTemplate.one(t, "AWS::ElasticLoadBalancingV2::LoadBalancer")
	want(t, "application", alb, "Type")
	want(t, "internet-facing", alb, "Scheme")
	public := subnetsOf("public")
	subnets := alb["Subnets"].([]any)
	if len(subnets) != 3 {
		t.Errorf("it has %d subnets, want 3", len(subnets))
	}
	for _, subnet := range subnets {
		if public[in(subnet, "Ref").(string)] == nil {
			t.Errorf("it stands in %v, which is no public subnet", subnet)
		}
	}
}

// listenerOn answers the listener of a port.
func listenerOn(t *testing.T, tmpl template, port int) (string, map[string]any) {
	t.Helper()
	for id, listener := range tmpl.all("AWS::ElasticLoadBalancingV2::Listener") {
		if listener["Port"] == float64(port) {
			return id, listener
		}
	}
	t.Fatalf("nothing listens on port %d", port)
	return "", nil
}

// onlyRuleOf answers the one rule of a listener: a deployment shifts one.
func onlyRuleOf(t *testing.T, tmpl template, listener string) map[string]any {
	t.Helper()
	var found []map[string]any
	for _, rule := range tmpl.all("AWS::ElasticLoadBalancingV2::ListenerRule") {
		if in(rule, "ListenerArn", "Ref") == listener {
			found = append(found, rule)
		}
	}
	if len(found) != 1 {
		t.Fatalf("the listener %s has %d rules, want 1", listener, len(found))
	}
	return found[0]
}

func TestL2_OneRuleForBothPathsAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, port := range []int{80, 9000} {
		listener, properties := listenerOn(t, catalogTemplate, port)
		want(t, "fixed-response", properties, "DefaultActions", 0, "Type")
		want(t, "404", properties, "DefaultActions", 0, "FixedResponseConfig", "StatusCode")
		rule := onlyRuleOf(t, catalogTemplate, listener)
		want(t, []string{"/api/*", "/health"}, rule, "Conditions", 0, "PathPatternConfig", "Values")
		want(t, nil, rule, "Conditions", 1)
	}
}

func TestL3_BlueAndGreenInTheOneRule(t *testing.T) {
	t.Parallel()
	groups := map[any]string{}
	for id, p := range catalogTemplate.all("AWS::ElasticLoadBalancingV2::TargetGroup") {
		groups[p["Name"]] = id
	}
	blue, green := groups["tg-blue-pr-42"], groups["tg-green-pr-42"]
	production, _ := listenerOn(t, catalogTemplate, 80)
	rule := onlyRuleOf(t, catalogTemplate, production)
	want(t, []map[string]any{
		{"TargetGroupArn": ref(blue), "Weight": 100},
		{"TargetGroupArn": ref(green), "Weight": 0},
	}, rule, "Actions", 0, "ForwardConfig", "TargetGroups")

	_, service := catalogTemplate.one(t, "AWS::ECS::Service")
	want(t, "BLUE_GREEN", service, "DeploymentConfiguration", "Strategy")
	want(t, 5, service, "DeploymentConfiguration", "BakeTimeInMinutes")
	want(t, ref(blue), service, "LoadBalancers", 0, "TargetGroupArn")
	want(t, ref(green), service, "LoadBalancers", 0, "AdvancedConfiguration", "AlternateTargetGroupArn")
}

func TestS3_HealthCheckEvery30Seconds(t *testing.T) {
	t.Parallel()
	groups := catalogTemplate.all("AWS::ElasticLoadBalancingV2::TargetGroup")
	if len(groups) != 2 {
		t.Fatalf("there are %d target groups, want 2", len(groups))
	}
	for _, group := range groups {
		want(t, "/health", group, "HealthCheckPath")
		want(t, 30, group, "HealthCheckIntervalSeconds")
		want(t, "200", group, "Matcher", "HttpCode")
		want(t, "30", byKey(group["TargetGroupAttributes"], "Key", "Value", "deregistration_delay.timeout_seconds"))
	}
	want(t, []string{"CMD", "/catalog", "healthcheck"}, container(t, "api"), "HealthCheck", "Command")
	want(t, 30, container(t, "api"), "HealthCheck", "Interval")
}

// TestS2_DrainFitsTheStopTimeout: a task keeps serving for the deregistration
// delay and has time left to shut down before it is killed.
func TestS2_DrainFitsTheStopTimeout(t *testing.T) {
	t.Parallel()
	want(t, "30s", byKey(container(t, "api")["Environment"], "Name", "Value", "DRAIN_DELAY"))
	want(t, 60, container(t, "api"), "StopTimeout")
}
