package local

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// webStack is a small sibling of the stack that lib synthesizes, with its
// shapes: two subnets, a load balancer with one rule, a service of two tasks.
const webStack = `{
  "Parameters": {
    "ImageDigest": {"Type": "String", "Default": "sha256:0123"},
    "InitialDeployment": {"Type": "String", "Default": "true", "AllowedValues": ["true", "false"]}
  },
  "Conditions": {"IsInitialDeployment": {"Fn::Equals": [{"Ref": "InitialDeployment"}, "true"]}},
  "Resources": {
    "SubnetA": {"Type": "AWS::EC2::Subnet", "Properties": {"AvailabilityZone": "ap-southeast-2a"}},
    "SubnetB": {"Type": "AWS::EC2::Subnet", "Properties": {"AvailabilityZone": "ap-southeast-2b"}},
    "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "role-task-test"}},
    "Dashboard": {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardName": "dashboard-test"}},
    "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "cluster-test"}},
    "Providers": {"Type": "AWS::ECS::ClusterCapacityProviderAssociations",
      "Properties": {"Cluster": {"Ref": "Cluster"}, "CapacityProviders": ["FARGATE", "FARGATE_SPOT"]}},
    "Balancer": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {"Name": "alb-test", "Type": "application"}},
    "Listener": {"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": {
      "LoadBalancerArn": {"Ref": "Balancer"}, "Port": 80, "Protocol": "HTTP",
      "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "MessageBody": "no such path"}}]}},
    "Blue": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {
      "Name": "tg-blue-test", "HealthCheckPath": "/health", "HealthCheckIntervalSeconds": 30, "HealthyThresholdCount": 2,
      "UnhealthyThresholdCount": 2, "TargetGroupAttributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "1"}]}},
    "Green": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"Name": "tg-green-test"}},
    "Rule": {"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "Properties": {
      "ListenerArn": {"Ref": "Listener"}, "Priority": 10,
      "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*", "/health"]}}],
      "Actions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": [
        {"TargetGroupArn": {"Ref": "Blue"}, "Weight": 100}, {"TargetGroupArn": {"Ref": "Green"}, "Weight": 0}]}}]}},
    "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "logs-api-test"}},
    "Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Family": "task-test", "ContainerDefinitions": [{
      "Name": "api", "Essential": true,
      "Image": {"Fn::Join": ["", [{"Ref": "AWS::AccountId"}, ".dkr.ecr/workload@", {"Ref": "ImageDigest"}]]},
      "Command": ["serve"], "PortMappings": [{"ContainerPort": 8080}], "StopTimeout": 20,
      "LogConfiguration": {"LogDriver": "awslogs", "Options": {"awslogs-group": {"Ref": "Logs"}, "awslogs-stream-prefix": "api"}}}]}},
    "Service": {"Type": "AWS::ECS::Service", "DependsOn": ["Providers", "Rule", "Role"], "Properties": {
      "ServiceName": "service-test", "Cluster": {"Ref": "Cluster"}, "TaskDefinition": {"Ref": "Task"},
      "DesiredCount": {"Fn::If": ["IsInitialDeployment", 2, {"Ref": "AWS::NoValue"}]},
      "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Weight": 70}, {"CapacityProvider": "FARGATE", "Base": 1, "Weight": 30}],
      "LoadBalancers": [{"ContainerName": "api", "ContainerPort": 8080, "TargetGroupArn": {"Ref": "Blue"}}],
      "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": [{"Ref": "SubnetA"}, {"Ref": "SubnetB"}]}}}}
  },
  "Outputs": {
    "AlbDnsName": {"Value": {"Fn::GetAtt": ["Balancer", "DNSName"]}},
    "ApiUrl": {"Value": {"Fn::Join": ["", ["http://", {"Fn::GetAtt": ["Balancer", "DNSName"]}, "/api/v1"]]}},
    "DashboardUrl": {"Value": {"Fn::Join": ["", ["https://ap-southeast-2.console.aws.amazon.com/cloudwatch/home#dashboards:name=", {"Ref": "Dashboard"}]]}},
    "ServiceName": {"Value": {"Fn::GetAtt": ["Service", "Name"]}}
  }
}`

// registryStack comes before webStack, as lib's two do.
const registryStack = `{
  "Resources": {"Repository": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "ecr-test"}}},
  "Outputs": {"EcrRepositoryUri": {"Value": {"Fn::GetAtt": ["Repository", "RepositoryUri"]}}}
}`

// edits are what a test changes in webStack: a path into it, like
// "Resources.Task.Properties.Family", and the JSON to put there; "" removes it.
type edits map[string]string

// api is the path of the service's container.
const api = "Resources.Task.Properties.ContainerDefinitions.0."

// webAssembly writes an assembly of the two stacks to a folder and reads it.
func webAssembly(t *testing.T, changes edits) *Assembly {
	t.Helper()
	assembly, err := ReadAssembly(assemblyDir(t, changes))
	if err != nil {
		t.Fatal(err)
	}
	return assembly
}

// assemblyDir writes it.
func assemblyDir(t *testing.T, changes edits) string {
	t.Helper()
	web := fromJSON(t, webStack)
	for _, path := range slices.Sorted(maps.Keys(changes)) {
		var value any
		if changes[path] != "" {
			value = fromJSON(t, changes[path])
		}
		web = put(t, web, strings.Split(path, "."), value)
	}
	content, err := json.Marshal(web)
	if err != nil {
		t.Fatal(err)
	}
	return writeFiles(t, map[string]string{
		"manifest.json": `{"version": "54.0.0", "artifacts": {
			"stack-registry-test": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/ap-southeast-2",
				"properties": {"templateFile": "registry.json"}},
			"stack-catalog-test": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/ap-southeast-2",
				"properties": {"templateFile": "web.json"}, "dependencies": ["stack-registry-test"]}}}`,
		"registry.json": registryStack,
		"web.json":      string(content),
	})
}

// put changes one place of a JSON value; nil removes it.
func put(t *testing.T, in any, path []string, value any) any {
	t.Helper()
	if len(path) == 0 {
		return value
	}
	switch v := in.(type) {
	case map[string]any:
		if v[path[0]] = put(t, v[path[0]], path[1:], value); v[path[0]] == nil {
			delete(v, path[0])
		}
		return v
	case []any:
		i, err := strconv.Atoi(path[0])
		if err == nil && i == len(v) {
			return append(v, put(t, nil, path[1:], value))
		}
		if err == nil && i < len(v) {
			v[i] = put(t, v[i], path[1:], value)
			return v
		}
	case nil:
		return map[string]any{path[0]: put(t, nil, path[1:], value)}
	}
	t.Fatalf("there is no %q in %v", path, in)
	return nil
}

// workloadImage is the image of the tests' containers: this test binary under
// another name.
func workloadImage(t *testing.T) Image {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	if err := os.Symlink(executable, filepath.Join(root, workloadName)); err != nil {
		t.Fatal(err)
	}
	return Image{Root: root, Entrypoint: []string{"/" + workloadName}, Command: []string{"serve"}}
}
