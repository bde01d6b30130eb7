package template

import (
	"maps"
	"strings"
	"testing"
)

func TestChecklist01_BlueGreenWithAnExplicitBakeTime(t *testing.T) {
	t.Parallel()
	for _, e := range environments {
		_, service := e.catalog.one(t, "AWS::ECS::Service")
		want(t, "BLUE_GREEN", service, "DeploymentConfiguration", "Strategy")
		want(t, 5, service, "DeploymentConfiguration", "BakeTimeInMinutes")
	}
}

// testListenerPort is where a deployment offers green before the shift.
const testListenerPort = 9000

// TestChecklist02_TestListenerIsClosedToTheInternet: the rule where green is
// offered leads to green, and its port is open to a named network at most.
func TestChecklist02_TestListenerIsClosedToTheInternet(t *testing.T) {
	t.Parallel()
	for name, sources := range map[string][]any{"dev": {}, "staging": {}, "prod": {"203.0.113.0/24"}} {
		e := environments[name]
		listener, _ := listenerOn(t, e.catalog, testListenerPort)
		rule := onlyRuleOf(t, e.catalog, listener)
		want(t, 0, rule, "Actions", 0, "ForwardConfig", "TargetGroups", 0, "Weight")
		want(t, 100, rule, "Actions", 0, "ForwardConfig", "TargetGroups", 1, "Weight")
		open := []any{}
		for _, group := range e.catalog.all("AWS::EC2::SecurityGroup") {
			rules, _ := group["SecurityGroupIngress"].([]any)
			for _, rule := range rules {
				if in(rule, "FromPort") == float64(testListenerPort) {
					open = append(open, in(rule, "CidrIp"))
				}
			}
		}
		want(t, sources, any(open))
		_, service := e.catalog.one(t, "AWS::ECS::Service")
		if in(service, "LoadBalancers", 0, "AdvancedConfiguration", "TestListenerRule", "Ref") == nil {
			t.Errorf("%s: a deployment does not know the test rule", name)
		}
	}
}

func TestChecklist03_BothGroupsAreAlike(t *testing.T) {
	t.Parallel()
	var seen []map[string]any
	for _, group := range catalogTemplate.all("AWS::ElasticLoadBalancingV2::TargetGroup") {
		want(t, "ip", group, "TargetType")
		alike := maps.Clone(group)
		delete(alike, "Name")
		seen = append(seen, alike)
	}
	if len(seen) != 2 || asJSON(seen[0]) != asJSON(seen[1]) {
		t.Errorf("the target groups differ: %s", asJSON(seen))
	}
}

// TestChecklist05_RollsBackOnAlarmAndCircuitBreaker: by names, and the alarms
// stand before the service.
func TestChecklist05_RollsBackOnAlarmAndCircuitBreaker(t *testing.T) {
	t.Parallel()
	id, service := catalogTemplate.one(t, "AWS::ECS::Service")
	want(t, map[string]any{
		"AlarmNames": []string{"alarm-errors-high-pr-42", "alarm-latency-high-pr-42"}, "Enable": true, "Rollback": true,
	}, service, "DeploymentConfiguration", "Alarms")
	want(t, map[string]any{"Enable": true, "Rollback": true}, service, "DeploymentConfiguration", "DeploymentCircuitBreaker")
	for alarm := range catalogTemplate.all("AWS::CloudWatch::Alarm") {
		if !catalogTemplate.dependsOn(id, alarm) {
			t.Errorf("the service does not wait for %s", alarm)
		}
	}
}

func TestChecklist06_CapacityWithoutALaunchType(t *testing.T) {
	t.Parallel()
	for _, e := range environments {
		_, service := e.catalog.one(t, "AWS::ECS::Service")
		want(t, nil, service, "LaunchType")
		want(t, 70, service, "CapacityProviderStrategy", 0, "Weight")
		want(t, 1, service, "CapacityProviderStrategy", 1, "Base")
	}
}

func TestChecklist10_GraceIsLongerThanAColdStart(t *testing.T) {
	t.Parallel()
	_, service := catalogTemplate.one(t, "AWS::ECS::Service")
	if grace := service["HealthCheckGracePeriodSeconds"].(float64); grace < 60 {
		t.Errorf("the grace period is %v s", grace)
	}
}

func TestChecklist13_ZonesAreRebalanced(t *testing.T) {
	t.Parallel()
	_, service := catalogTemplate.one(t, "AWS::ECS::Service")
	want(t, "ENABLED", service, "AvailabilityZoneRebalancing")
	want(t, "LATEST", service, "PlatformVersion")
}

// TestChecklist12_ExecOnlyWhenAskedFor: and then encrypted and logged.
func TestChecklist12_ExecOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	_, off := dev.catalog.one(t, "AWS::ECS::Service")
	want(t, false, off, "EnableExecuteCommand")
	_, on := prod.catalog.one(t, "AWS::ECS::Service")
	want(t, true, on, "EnableExecuteCommand")
	_, cluster := prod.catalog.one(t, "AWS::ECS::Cluster")
	exec := in(cluster, "Configuration", "ExecuteCommandConfiguration")
	want(t, "OVERRIDE", exec, "Logging")
	want(t, true, exec, "LogConfiguration", "CloudWatchEncryptionEnabled")
	if in(exec, "KmsKeyId") == nil {
		t.Error("sessions are not encrypted with the key")
	}
}

// TestChecklist45_ShiftRoleReachesTheseRulesAndGroupsOnly: unlike the managed
// policy, which reaches every load balancer of the account.
func TestChecklist45_ShiftRoleReachesTheseRulesAndGroupsOnly(t *testing.T) {
	t.Parallel()
	statements := policyOf(t, catalogTemplate, "policy-shift-pr-42")
	stars := 0
	for _, statement := range statements {
		if in(statement, "Resource") == "*" {
			stars++
			for _, action := range in(statement, "Action").([]any) {
				if !strings.HasPrefix(action.(string), "elasticloadbalancing:Describe") {
					t.Errorf("%v is allowed on everything", action)
				}
			}
		}
	}
	if stars != 1 || len(statements) != 3 {
		t.Errorf("the policy is %s", asJSON(statements))
	}
	_, service := catalogTemplate.one(t, "AWS::ECS::Service")
	role := in(service, "LoadBalancers", 0, "AdvancedConfiguration", "RoleArn", "Fn::GetAtt", 0).(string)
	want(t, nil, catalogTemplate.Resources[role].Properties["ManagedPolicyArns"])
}
