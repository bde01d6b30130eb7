package template

import (
	"strings"
	"testing"
)

func TestX2_Outputs(t *testing.T) {
	t.Parallel()
	balancer, _ := catalogTemplate.one(t, "AWS::ElasticLoadBalancingV2::LoadBalancer")
	want(t, attribute(balancer, "DNSName"), catalogTemplate.Outputs["AlbDnsName"], "Value")
	want(t, map[string]any{"Fn::Join": []any{"", []any{"http://", attribute(balancer, "DNSName"), "/api/v1"}}},
		catalogTemplate.Outputs["ApiUrl"], "Value")
	repository, _ := registryTemplate.one(t, "AWS::ECR::Repository")
	if uri := asJSON(registryTemplate.Outputs["EcrRepositoryUri"]); !strings.Contains(uri, repository) {
		t.Errorf("EcrRepositoryUri is %s", uri)
	}
	if url := asJSON(catalogTemplate.Outputs["DashboardUrl"]); !strings.Contains(url, "ap-southeast-2.console.aws.amazon.com/cloudwatch") {
		t.Errorf("DashboardUrl is %s", url)
	}
	for _, name := range []string{"ClusterName", "ServiceName"} {
		if catalogTemplate.Outputs[name] == nil {
			t.Errorf("the output %s is missing", name)
		}
	}
}

func TestO5_DashboardIsNamedForItsEnvironment(t *testing.T) {
	t.Parallel()
	_, dashboard := catalogTemplate.one(t, "AWS::CloudWatch::Dashboard")
	want(t, "dashboard-catalog-pr-42", dashboard, "DashboardName")
}

// nameProperties are where a resource type keeps its physical name.
var nameProperties = []string{
	"ClusterName", "ServiceName", "Family", "LogGroupName", "RoleName", "RepositoryName", "DashboardName", "PolicyName",
	"DBClusterIdentifier", "DBInstanceIdentifier", "DBClusterParameterGroupName", "GroupName", "Name",
	"AlarmName", "TopicName", "BucketName", "AliasName",
}

// TestG1_PhysicalNamesEndWithTheSuffix: {resource-type}-{purpose}-{suffix}.
func TestG1_PhysicalNamesEndWithTheSuffix(t *testing.T) {
	t.Parallel()
	named := 0
	for _, tmpl := range []template{registryTemplate, catalogTemplate} {
		for id, r := range tmpl.Resources {
			for _, property := range nameProperties {
				name, ok := r.Properties[property].(string)
				switch {
				case !ok:
					continue
				case strings.HasPrefix(name, "/aws/"): // a log group that AWS names, by a name of ours
					name = strings.TrimSuffix(strings.TrimSuffix(name, "/performance"), "/postgresql")
				case property == "Family" && r.Type != "AWS::ECS::TaskDefinition": // of parameters: PostgreSQL's version
					continue
				}
				named++
				if !strings.HasSuffix(name, "-pr-42") || strings.Count(strings.TrimSuffix(name, "-pr-42"), "-") < 1 {
					t.Errorf("%s (%s) is named %q", id, r.Type, name)
				}
			}
		}
	}
	if named < 40 {
		t.Errorf("only %d resources have a physical name", named)
	}
}
