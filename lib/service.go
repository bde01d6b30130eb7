package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"catalog/contract"
)

const (
	minTasks = 2  // S2
	maxTasks = 10 // S2
	// Never below the wanted count in a deployment, up to twice as many: blue
	// and green at once.
	minHealthyPercent = 100
	maxHealthyPercent = 200
	// bakeMinutes is how long blue waits behind green before it goes away.
	// Left out, it would be 36 hours.
	bakeMinutes = 5
	// graceSeconds is longer than a cold start: image pull, migration, start.
	graceSeconds = 90
)

// newService declares the service (S1, G5): tasks in private subnets, most of
// them on Spot, deployed blue/green by ECS itself. CodeDeploy would drop the
// capacity provider strategy.
func newService(scope constructs.Construct, config Config, n network, cluster awsecs.Cluster, task awsecs.FargateTaskDefinition, b balancer) awsecs.FargateService {
	service := awsecs.NewFargateService(scope, jsii.String("Service"), &awsecs.FargateServiceProps{
		ServiceName:                 jsii.String(config.Name("service", "catalog")),
		Cluster:                     cluster,
		TaskDefinition:              task,
		CapacityProviderStrategies:  capacityStrategy(),
		DeploymentStrategy:          awsecs.DeploymentStrategy_BLUE_GREEN,
		BakeTime:                    awscdk.Duration_Minutes(jsii.Number(bakeMinutes)),
		CircuitBreaker:              &awsecs.DeploymentCircuitBreaker{Enable: jsii.Bool(true), Rollback: jsii.Bool(true)},
		MinHealthyPercent:           jsii.Number(minHealthyPercent),
		MaxHealthyPercent:           jsii.Number(maxHealthyPercent),
		HealthCheckGracePeriod:      awscdk.Duration_Seconds(jsii.Number(graceSeconds)),
		AssignPublicIp:              jsii.Bool(false),
		VpcSubnets:                  subnets(awsec2.SubnetType_PRIVATE_WITH_EGRESS),
		SecurityGroups:              &[]awsec2.ISecurityGroup{n.tasks},
		AvailabilityZoneRebalancing: awsecs.AvailabilityZoneRebalancing_ENABLED,
		PropagateTags:               awsecs.PropagatedTagSource_SERVICE,
		EnableECSManagedTags:        jsii.Bool(true),
	})
	b.blue.AddTarget(service.LoadBalancerTarget(&awsecs.LoadBalancerTargetOptions{
		ContainerName: jsii.String(apiContainer),
		ContainerPort: jsii.Number(contract.Port),
		AlternateTarget: awsecs.NewAlternateTarget(jsii.String("Green"), &awsecs.AlternateTargetProps{
			AlternateTargetGroup: b.green,
			ProductionListener:   awsecs.ListenerRuleConfiguration_ApplicationListenerRule(b.rule),
		}),
	}))
	// Without this edge a destroy removes the capacity providers while the
	// service still uses them, and ends in "capacity provider is in use".
	service.Node().AddDependency(cluster)
	service.Node().AddDependency(b.rule)
	startWith(scope, service)
	return service
}

// startWith gives the very first deployment its two tasks and leaves the count
// out of every later one, so that a deploy at a peak does not scale in.
func startWith(scope constructs.Construct, service awsecs.FargateService) {
	initial := awscdk.NewCfnParameter(scope, jsii.String(contract.ParamInitialDeployment), &awscdk.CfnParameterProps{
		Type:          jsii.String("String"),
		AllowedValues: jsii.Strings("true", "false"),
		Default:       jsii.String("false"),
		Description:   jsii.String("true in the deployment that creates the service: it starts with 2 tasks; false leaves the count to the scaling"),
	})
	isInitial := awscdk.NewCfnCondition(scope, jsii.String("IsInitialDeployment"), &awscdk.CfnConditionProps{
		Expression: awscdk.Fn_ConditionEquals(initial.ValueAsString(), jsii.String("true")),
	})
	resource := service.Node().FindChild(jsii.String("Service")).(awsecs.CfnService)
	resource.AddPropertyOverride(jsii.String("DesiredCount"), map[string]any{
		"Fn::If": []any{*isInitial.LogicalId(), minTasks, map[string]string{"Ref": "AWS::NoValue"}},
	})
}
