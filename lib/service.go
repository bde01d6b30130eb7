package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/jsii-runtime-go"

	"catalog/contract"
	"catalog/lib/settings"
)

const (
	// Never below the wanted count in a deployment, up to twice as many: blue
	// and green at once.
	minHealthyPercent = 100
	maxHealthyPercent = 200
	// bakeMinutes is how long blue waits behind green before it goes away.
	// Left out, it would be 36 hours.
	bakeMinutes = 5
	// graceSeconds is longer than a cold start: image pull, a migration that
	// waits for the database for up to 2 minutes, start.
	graceSeconds = 180
)

// serviceInputs is what the service takes from the rest of the stack.
type serviceInputs struct {
	cluster awsecs.Cluster
	task    task
	group   awsec2.SecurityGroup
	routing routing
	// rollBackOn are the names of the alarms that undo a deployment: by name,
	// since the alarms watch the service.
	rollBackOn []string
}

func serviceName(config settings.Config) string { return config.Name("service", "catalog") }

// newService declares the service (S1, G5): tasks in private subnets, most of
// them on Spot, deployed blue/green by ECS itself. CodeDeploy would drop the
// capacity provider strategy.
func newService(stack awscdk.Stack, config settings.Config, in serviceInputs) awsecs.FargateService {
	service := awsecs.NewFargateService(stack, jsii.String("Service"), &awsecs.FargateServiceProps{
		ServiceName:                jsii.String(serviceName(config)),
		Cluster:                    in.cluster,
		TaskDefinition:             in.task.definition,
		PlatformVersion:            awsecs.FargatePlatformVersion_LATEST,
		CapacityProviderStrategies: capacityStrategy(),
		DeploymentStrategy:         awsecs.DeploymentStrategy_BLUE_GREEN,
		BakeTime:                   awscdk.Duration_Minutes(jsii.Number(bakeMinutes)),
		// Whichever notices first takes the deployment back (AWS: "Amazon ECS
		// deployment failure detection").
		CircuitBreaker: &awsecs.DeploymentCircuitBreaker{Enable: jsii.Bool(true), Rollback: jsii.Bool(true)},
		DeploymentAlarms: &awsecs.DeploymentAlarmConfig{
			AlarmNames: jsii.Strings(in.rollBackOn...),
			Behavior:   awsecs.AlarmBehavior_ROLLBACK_ON_ALARM,
		},
		MinHealthyPercent:           jsii.Number(minHealthyPercent),
		MaxHealthyPercent:           jsii.Number(maxHealthyPercent),
		HealthCheckGracePeriod:      awscdk.Duration_Seconds(jsii.Number(graceSeconds)),
		AssignPublicIp:              jsii.Bool(false),
		VpcSubnets:                  subnets(awsec2.SubnetType_PRIVATE_WITH_EGRESS),
		SecurityGroups:              &[]awsec2.ISecurityGroup{in.group},
		AvailabilityZoneRebalancing: awsecs.AvailabilityZoneRebalancing_ENABLED,
		EnableExecuteCommand:        jsii.Bool(config.ExecuteCommand),
		PropagateTags:               awsecs.PropagatedTagSource_SERVICE,
		EnableECSManagedTags:        jsii.Bool(true),
	})
	attach(stack, config, service, in.routing)
	// Without this edge a destroy removes the capacity providers while the
	// service still uses them, and ends in "capacity provider is in use".
	service.Node().AddDependency(in.cluster)
	for _, policy := range in.task.policies {
		service.Node().AddDependency(policy) // or the first tasks are refused what they need
	}
	startWith(stack, service)
	return service
}

// attach puts the service behind the load balancer (L3): blue in the group
// that the production rule leads to, green in the other one.
func attach(stack awscdk.Stack, config settings.Config, service awsecs.FargateService, r routing) {
	role, policy := newShiftRole(stack, config,
		[]elb.ApplicationListenerRule{r.production, r.test}, []elb.ApplicationTargetGroup{r.blue, r.green})
	r.blue.AddTarget(service.LoadBalancerTarget(&awsecs.LoadBalancerTargetOptions{
		ContainerName: jsii.String(apiContainer),
		ContainerPort: jsii.Number(contract.Port),
		AlternateTarget: awsecs.NewAlternateTarget(jsii.String("Green"), &awsecs.AlternateTargetProps{
			AlternateTargetGroup: r.green,
			ProductionListener:   awsecs.ListenerRuleConfiguration_ApplicationListenerRule(r.production),
			TestListener:         awsecs.ListenerRuleConfiguration_ApplicationListenerRule(r.test),
			Role:                 role,
		}),
	}))
	service.Node().AddDependency(r.production)
	service.Node().AddDependency(policy)
}

// startWith gives the very first deployment its two tasks and leaves the count
// out of every later one, so that a deploy at a peak does not scale in.
func startWith(stack awscdk.Stack, service awsecs.FargateService) {
	initial := awscdk.NewCfnParameter(stack, jsii.String(contract.ParamInitialDeployment), &awscdk.CfnParameterProps{
		Type:          jsii.String("String"),
		AllowedValues: jsii.Strings("true", "false"),
		Default:       jsii.String("false"),
		Description:   jsii.String("true in the deployment that creates the service: it starts with 2 tasks; false leaves the count to the scaling"),
	})
	isInitial := awscdk.NewCfnCondition(stack, jsii.String("IsInitialDeployment"), &awscdk.CfnConditionProps{
		Expression: awscdk.Fn_ConditionEquals(initial.ValueAsString(), jsii.String("true")),
	})
	resource := service.Node().FindChild(jsii.String("Service")).(awsecs.CfnService)
	resource.AddPropertyOverride(jsii.String("DesiredCount"), map[string]any{
		"Fn::If": []any{*isInitial.LogicalId(), settings.MinTasks, map[string]string{"Ref": "AWS::NoValue"}},
	})
}
