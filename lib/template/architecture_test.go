package template

import (
	"fmt"
	"strings"
	"testing"
)

// TestX5_DocumentedTimesAreTheTemplates: the table that the failure modes are
// made of.
func TestX5_DocumentedTimesAreTheTemplates(t *testing.T) {
	t.Parallel()
	text := read(t, "../../docs/architecture.md")
	_, service := prod.catalog.one(t, "AWS::ECS::Service")
	_, cluster := prod.catalog.one(t, "AWS::RDS::DBCluster")
	_, policy := prod.catalog.one(t, "AWS::ApplicationAutoScaling::ScalingPolicy")
	times := map[string]string{
		"health-check grace period":         fmt.Sprint(service["HealthCheckGracePeriodSeconds"], " s"),
		"bake time":                         fmt.Sprint(in(service, "DeploymentConfiguration", "BakeTimeInMinutes"), " min"),
		"cooldown of scaling":               fmt.Sprint(in(policy, "TargetTrackingScalingPolicyConfiguration", "ScaleInCooldown"), " s"),
		"idle timeout of the load balancer": fmt.Sprint(attributeOf(t, prod, "idle_timeout.timeout_seconds"), " s"),
		"backups kept, prod":                fmt.Sprint(cluster["BackupRetentionPeriod"], " days"),
	}
	for _, group := range prod.catalog.all("AWS::ElasticLoadBalancingV2::TargetGroup") { // which are alike
		times["load balancer's health check, interval"] = fmt.Sprint(group["HealthCheckIntervalSeconds"], " s")
		times["failed checks until a target is unhealthy"] = fmt.Sprint(group["UnhealthyThresholdCount"])
		times["passed checks until it is healthy again"] = fmt.Sprint(group["HealthyThresholdCount"])
		times["deregistration delay"] = fmt.Sprint(byKey(group["TargetGroupAttributes"], "Key", "Value", "deregistration_delay.timeout_seconds"), " s")
	}
	eachContainer(t, func(_ *environment, name string, c map[string]any) {
		if name == "api" {
			times["container health check, interval"] = fmt.Sprint(in(c, "HealthCheck", "Interval"), " s")
			times["failed container checks until a task is stopped"] = fmt.Sprint(in(c, "HealthCheck", "Retries"))
			times["stop timeout"] = fmt.Sprint(c["StopTimeout"], " s")
		}
	})
	for what, value := range times {
		if row := "| " + what + " | " + value + " |"; !strings.Contains(text, row) {
			t.Errorf("docs/architecture.md lacks the row %q", row)
		}
	}
	_, table, _ := strings.Cut(text, "| what | value |")
	table, _, _ = strings.Cut(table, "\n\n")
	if rows := strings.Count(table, "\n") - 1; rows != len(times) {
		t.Errorf("the table has %d rows, this test knows %d", rows, len(times))
	}
}

// TestX5_DocumentedNamesExist: the groups and roles of the trust boundaries.
func TestX5_DocumentedNamesExist(t *testing.T) {
	t.Parallel()
	text, known := read(t, "../../docs/architecture.md"), prod.catalog.text(t)
	for _, typ := range []struct{ resource, name string }{
		{"AWS::EC2::SecurityGroup", "GroupName"}, {"AWS::IAM::Role", "RoleName"}, {"AWS::KMS::Alias", "AliasName"},
	} {
		for id, properties := range prod.catalog.all(typ.resource) {
			name, named := properties[typ.name].(string)
			if documented := "`" + strings.Replace(name, "-"+prod.suffix, "-{suffix}", 1) + "`"; named && !strings.Contains(text, documented) {
				t.Errorf("%s is not in docs/architecture.md: %s", id, documented)
			}
		}
	}
	for _, name := range quoted.FindAllStringSubmatch(text, -1) {
		if prefix, ok := strings.CutSuffix(name[1], "-{suffix}"); ok && !strings.HasPrefix(prefix, "stack-") && !strings.Contains(known, `"`+prefix+"-"+prod.suffix+`"`) {
			t.Errorf("nothing is called %s", name[1])
		}
	}
}
