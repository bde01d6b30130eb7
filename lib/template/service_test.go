package template

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestC1_ClusterHasTheFargateCapacityProviders(t *testing.T) {
	t.Parallel()
	cluster, properties := catalogTemplate.one(t, "AWS::ECS::Cluster")
	want(t, "cluster-catalog-pr-42", properties, "ClusterName")
	_, association := catalogTemplate.one(t, "AWS::ECS::ClusterCapacityProviderAssociations")
	want(t, ref(cluster), association, "Cluster")
	want(t, []string{"FARGATE", "FARGATE_SPOT"}, association, "CapacityProviders")
}

func TestO1_ContainerInsightsIsOn(t *testing.T) {
	t.Parallel()
	_, cluster := catalogTemplate.one(t, "AWS::ECS::Cluster")
	want(t, "enhanced", byKey(cluster["ClusterSettings"], "Name", "Value", "containerInsights"))
}

func TestC2_SpotCarriesSeventyOfAHundred(t *testing.T) {
	t.Parallel()
	_, service := catalogTemplate.one(t, "AWS::ECS::Service")
	want(t, []map[string]any{
		{"CapacityProvider": "FARGATE_SPOT", "Weight": 70},
		{"CapacityProvider": "FARGATE", "Weight": 30, "Base": 1},
	}, service, "CapacityProviderStrategy")
	if service["LaunchType"] != nil {
		t.Error("the service has a launch type, which excludes a capacity provider strategy")
	}
}

func TestC3_RepositoryKeepsTheLastTenImages(t *testing.T) {
	t.Parallel()
	_, repository := registryTemplate.one(t, "AWS::ECR::Repository")
	want(t, "ecr-catalog-pr-42", repository, "RepositoryName")
	var policy any
	if err := json.Unmarshal([]byte(in(repository, "LifecyclePolicy", "LifecyclePolicyText").(string)), &policy); err != nil {
		t.Fatal(err)
	}
	want(t, map[string]any{"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10}, policy, "rules", 0, "selection")
	want(t, "expire", policy, "rules", 0, "action", "type")
	want(t, nil, policy, "rules", 1)
}

func TestS1_TasksRunInPrivateSubnetsBehindTheLoadBalancer(t *testing.T) {
	t.Parallel()
	_, service := catalogTemplate.one(t, "AWS::ECS::Service")
	network := in(service, "NetworkConfiguration", "AwsvpcConfiguration")
	want(t, "DISABLED", network, "AssignPublicIp")
	private := subnetsOf("tasks")
	for _, subnet := range in(network, "Subnets").([]any) {
		if private[in(subnet, "Ref").(string)] == nil {
			t.Errorf("tasks run in %v, which is no private subnet", subnet)
		}
	}
	want(t, "api", service, "LoadBalancers", 0, "ContainerName")
	want(t, 8080, service, "LoadBalancers", 0, "ContainerPort")
}

func TestS1_DestroyKeepsTheProvidersUntilTheServiceIsGone(t *testing.T) {
	t.Parallel()
	service, _ := catalogTemplate.one(t, "AWS::ECS::Service")
	association, _ := catalogTemplate.one(t, "AWS::ECS::ClusterCapacityProviderAssociations")
	if !catalogTemplate.dependsOn(service, association) {
		t.Errorf("the service does not depend on %s", association)
	}
}

func TestS1_TaskHasMigrationAPIAndTracing(t *testing.T) {
	t.Parallel()
	_, task := catalogTemplate.one(t, "AWS::ECS::TaskDefinition")
	want(t, []string{"FARGATE"}, task, "RequiresCompatibilities")
	want(t, "512", task, "Cpu")
	want(t, "1024", task, "Memory")
	want(t, []map[string]any{
		{"Condition": "SUCCESS", "ContainerName": "migrate"},
		{"Condition": "START", "ContainerName": "otel-collector"},
	}, container(t, "api"), "DependsOn")
	want(t, []string{"migrate"}, container(t, "migrate"), "Command")
	want(t, false, container(t, "migrate"), "Essential")
	want(t, true, container(t, "api"), "Essential")
	for _, name := range []string{"api", "migrate"} {
		if image := asJSON(container(t, name)["Image"]); !strings.Contains(image, "ImageDigest") {
			t.Errorf("container %s runs %s, which is not the digest that a release gives", name, image)
		}
	}
}

func TestS1_TaskFitsItsContainers(t *testing.T) {
	t.Parallel()
	cpu, memory := 0.0, 0.0
	for _, name := range []string{"api", "migrate", "otel-collector"} {
		cpu += container(t, name)["Cpu"].(float64)
		if m, ok := container(t, name)["Memory"].(float64); ok {
			memory += m
		}
	}
	if cpu > 512 || memory > 1024 {
		t.Errorf("the containers have %v CPU units and %v MiB, the task 512 and 1024", cpu, memory)
	}
}

func TestO2_TracingSidecarTakesOTLPAndTheXRayDaemonsProtocol(t *testing.T) {
	t.Parallel()
	sidecar := container(t, "otel-collector")
	want(t, false, sidecar, "Essential")
	want(t, []string{"CMD", "/healthcheck"}, sidecar, "HealthCheck", "Command")
	settings := byKey(sidecar["Environment"], "Name", "Value", "AOT_CONFIG_CONTENT").(string)
	for _, part := range []string{"endpoint: 127.0.0.1:4318", "endpoint: 127.0.0.1:2000", "transport: udp", "region: ap-southeast-2"} {
		if !strings.Contains(settings, part) {
			t.Errorf("the collector's configuration lacks %q", part)
		}
	}
	want(t, "127.0.0.1:2000", byKey(container(t, "api")["Environment"], "Name", "Value", "AWS_XRAY_DAEMON_ADDRESS"))
}

func TestS2_FirstDeploymentStartsTwoAndNoLaterOneScalesIn(t *testing.T) {
	t.Parallel()
	_, service := catalogTemplate.one(t, "AWS::ECS::Service")
	want(t, map[string]any{"Fn::If": []any{"IsInitialDeployment", 2, ref("AWS::NoValue")}}, service, "DesiredCount")
	want(t, "false", catalogTemplate.Parameters["InitialDeployment"], "Default")
}

func TestS2_DeploymentsKeepAllTasksRunning(t *testing.T) {
	t.Parallel()
	_, service := catalogTemplate.one(t, "AWS::ECS::Service")
	deployment := service["DeploymentConfiguration"]
	want(t, 100, deployment, "MinimumHealthyPercent")
	want(t, 200, deployment, "MaximumPercent")
	want(t, map[string]any{"Enable": true, "Rollback": true}, deployment, "DeploymentCircuitBreaker")
}

func TestS4_ContainersAreReadOnlyAndDropEveryCapability(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"api", "migrate", "otel-collector"} {
		c := container(t, name)
		want(t, true, c, "ReadonlyRootFilesystem")
		want(t, []string{"ALL"}, c, "LinuxParameters", "Capabilities", "Drop")
		want(t, true, c, "LinuxParameters", "InitProcessEnabled")
		want(t, "65532", c, "User")
	}
}

func TestA1_CPUTargetIsSeventyPercent(t *testing.T) {
	t.Parallel()
	_, policy := catalogTemplate.one(t, "AWS::ApplicationAutoScaling::ScalingPolicy")
	want(t, "TargetTrackingScaling", policy, "PolicyType")
	settings := policy["TargetTrackingScalingPolicyConfiguration"]
	want(t, 70, settings, "TargetValue")
	want(t, "ECSServiceAverageCPUUtilization", settings, "PredefinedMetricSpecification", "PredefinedMetricType")
}

func TestA2_CooldownIs60Seconds(t *testing.T) {
	t.Parallel()
	_, policy := catalogTemplate.one(t, "AWS::ApplicationAutoScaling::ScalingPolicy")
	want(t, 60, policy, "TargetTrackingScalingPolicyConfiguration", "ScaleInCooldown")
	want(t, 60, policy, "TargetTrackingScalingPolicyConfiguration", "ScaleOutCooldown")
}

func TestA3_ScalesInAsWellAsOut(t *testing.T) {
	t.Parallel()
	_, policy := catalogTemplate.one(t, "AWS::ApplicationAutoScaling::ScalingPolicy")
	want(t, false, policy, "TargetTrackingScalingPolicyConfiguration", "DisableScaleIn")
}

func TestS2_TwoToTenTasks(t *testing.T) {
	t.Parallel()
	_, target := catalogTemplate.one(t, "AWS::ApplicationAutoScaling::ScalableTarget")
	want(t, 2, target, "MinCapacity")
	want(t, 10, target, "MaxCapacity")
	want(t, "ecs:service:DesiredCount", target, "ScalableDimension")
}
