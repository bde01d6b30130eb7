package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"catalog/lib/settings"
)

// Capacity (C1, C2, G6): of the tasks beyond the base, 70 in 100 go to Spot.
// The base keeps one task on demand, so that one survives any Spot reclaim.
// Of 2 tasks 1 is on Spot, of 4 are 2, of 10 are 6.
const (
	spotProvider     = "FARGATE_SPOT"
	spotWeight       = 70
	onDemandProvider = "FARGATE"
	onDemandWeight   = 30
	onDemandBase     = 1
)

// sessionLogs is the purpose of the log group of ECS Exec.
const sessionLogs = "sessions"

// newCluster declares the cluster with Container Insights (O1). Insights
// writes to a group that AWS names and would make by itself: it is declared
// first. ECS Exec, where it is asked for, is encrypted and logged.
func newCluster(scope constructs.Construct, config settings.Config, vpc awsec2.Vpc, l logs) awsecs.Cluster {
	name := config.Name("cluster", "catalog")
	insights := l.named("Logs-insights", "/aws/ecs/containerinsights/"+name+"/performance")
	props := &awsecs.ClusterProps{
		ClusterName:                    jsii.String(name),
		Vpc:                            vpc,
		EnableFargateCapacityProviders: jsii.Bool(true),
		ContainerInsightsV2:            awsecs.ContainerInsights_ENHANCED,
	}
	if config.ExecuteCommand {
		props.ExecuteCommandConfiguration = &awsecs.ExecuteCommandConfiguration{
			KmsKey:  l.key,
			Logging: awsecs.ExecuteCommandLogging_OVERRIDE,
			LogConfiguration: &awsecs.ExecuteCommandLogConfiguration{
				CloudWatchLogGroup:          l.group(sessionLogs),
				CloudWatchEncryptionEnabled: jsii.Bool(true),
			},
		}
	}
	cluster := awsecs.NewCluster(scope, jsii.String("Cluster"), props)
	cluster.Node().AddDependency(insights)
	explain(cluster, "AwsSolutions-ECS4", "O1: Container Insights is on, in the enhanced form that the rule does not know yet")
	explainGuard(cluster, "CT.ECS.PR.2", "O1: Container Insights is on, in the enhanced form that the rule does not know yet")
	return cluster
}

func capacityStrategy() *[]*awsecs.CapacityProviderStrategy {
	return &[]*awsecs.CapacityProviderStrategy{
		{CapacityProvider: jsii.String(spotProvider), Weight: jsii.Number(spotWeight)},
		{CapacityProvider: jsii.String(onDemandProvider), Weight: jsii.Number(onDemandWeight), Base: jsii.Number(onDemandBase)},
	}
}
