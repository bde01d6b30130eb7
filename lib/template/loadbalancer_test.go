package template

import (
	"strconv"
	"testing"
)

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

// attributeOf answers an attribute of the load balancer.
func attributeOf(t *testing.T, e *environment, key string) any {
	t.Helper()
	_, alb := e.catalog.one(t, "AWS::ElasticLoadBalancingV2::LoadBalancer")
	return byKey(alb["LoadBalancerAttributes"], "Key", "Value", key)
}

func TestChecklist22_OddRequestsAreDropped(t *testing.T) {
	t.Parallel()
	for _, e := range environments {
		want(t, "true", attributeOf(t, e, "routing.http.drop_invalid_header_fields.enabled"))
		want(t, "defensive", attributeOf(t, e, "routing.http.desync_mitigation_mode"))
	}
}

func TestChecklist24_WhatNoRuleTakesIs404(t *testing.T) {
	t.Parallel()
	for _, e := range environments {
		for id, listener := range e.catalog.all("AWS::ElasticLoadBalancingV2::Listener") {
			if in(listener, "DefaultActions", 0, "Type") == "redirect" {
				continue
			}
			want(t, "fixed-response", listener, "DefaultActions", 0, "Type")
			want(t, "404", listener, "DefaultActions", 0, "FixedResponseConfig", "StatusCode")
			want(t, nil, listener, "DefaultActions", 1)
			onlyRuleOf(t, e.catalog, id)
		}
	}
}

// TestChecklist25_AccessLogsInABucketThatEmptiesItself, is closed to the
// public, and forgets as the log groups do.
func TestChecklist25_AccessLogsInABucketThatEmptiesItself(t *testing.T) {
	t.Parallel()
	for name, days := range map[string]int{"dev": 14, "staging": 30, "prod": 365} {
		e := environments[name]
		id, bucket := e.catalog.one(t, "AWS::S3::Bucket")
		want(t, "true", attributeOf(t, e, "access_logs.s3.enabled"))
		want(t, ref(id), attributeOf(t, e, "access_logs.s3.bucket"))
		want(t, days, bucket, "LifecycleConfiguration", "Rules", 0, "ExpirationInDays")
		for _, closed := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
			want(t, true, bucket, "PublicAccessBlockConfiguration", closed)
		}
		_, emptier := e.catalog.one(t, "Custom::S3AutoDeleteObjects")
		want(t, ref(id), emptier, "BucketName")
		if policy := e.catalog.Resources[id].DeletionPolicy; policy != "Delete" {
			t.Errorf("%s: the bucket has the deletion policy %q", name, policy)
		}
	}
}

// TestChecklist16_StopTimeoutCoversTheDrain: AWS kills after 120 s at most.
func TestChecklist16_StopTimeoutCoversTheDrain(t *testing.T) {
	t.Parallel()
	const shutdownSeconds = 20 // docs/decisions/0003-drain-delay.md
	for _, group := range catalogTemplate.all("AWS::ElasticLoadBalancingV2::TargetGroup") {
		delay, err := strconv.Atoi(byKey(group["TargetGroupAttributes"], "Key", "Value", "deregistration_delay.timeout_seconds").(string))
		stop := int(container(t, "api")["StopTimeout"].(float64))
		if err != nil || delay >= 120 || stop > 120 || stop < delay+shutdownSeconds {
			t.Errorf("the deregistration delay is %d s, the stop timeout %d s, %v", delay, stop, err)
		}
	}
}

// TestChecklist31_WAFByProfile: common rules, known bad inputs and a rate
// limit, before the load balancer; a large body is only counted.
func TestChecklist31_WAFByProfile(t *testing.T) {
	t.Parallel()
	if n := len(dev.catalog.all("AWS::WAFv2::WebACL")); n != 0 {
		t.Errorf("dev has %d web ACLs, want none", n)
	}
	for _, e := range []*environment{staging, prod} {
		id, acl := e.catalog.one(t, "AWS::WAFv2::WebACL")
		want(t, "REGIONAL", acl, "Scope")
		common := in(acl, "Rules", 0, "Statement", "ManagedRuleGroupStatement")
		want(t, "AWSManagedRulesCommonRuleSet", common, "Name")
		want(t, []map[string]any{{"Name": "SizeRestrictions_BODY", "ActionToUse": map[string]any{"Count": map[string]any{}}}}, common, "RuleActionOverrides")
		want(t, "AWSManagedRulesKnownBadInputsRuleSet", acl, "Rules", 1, "Statement", "ManagedRuleGroupStatement", "Name")
		for i := range 2 { // the groups' own actions stand
			want(t, map[string]any{"None": map[string]any{}}, acl, "Rules", i, "OverrideAction")
		}
		want(t, map[string]any{"Block": map[string]any{}}, acl, "Rules", 2, "Action")
		want(t, map[string]any{"AggregateKeyType": "IP", "Limit": 10000}, acl, "Rules", 2, "Statement", "RateBasedStatement")
		balancer, _ := e.catalog.one(t, "AWS::ElasticLoadBalancingV2::LoadBalancer")
		_, association := e.catalog.one(t, "AWS::WAFv2::WebACLAssociation")
		want(t, ref(balancer), association, "ResourceArn")
		want(t, attribute(id, "Arn"), association, "WebACLArn")
	}
}
