package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Capacity (C1, C2, G6): of the tasks beyond the base, 70 in 100 go to Spot.
// The base keeps one task on demand, so that one survives any Spot reclaim.
const (
	spotProvider     = "FARGATE_SPOT"
	spotWeight       = 70
	onDemandProvider = "FARGATE"
	onDemandWeight   = 30
	onDemandBase     = 1
)

func newCluster(scope constructs.Construct, config Config, n network) awsecs.Cluster {
	return awsecs.NewCluster(scope, jsii.String("Cluster"), &awsecs.ClusterProps{
		ClusterName:                    jsii.String(config.Name("cluster", "catalog")),
		Vpc:                            n.vpc,
		EnableFargateCapacityProviders: jsii.Bool(true),
		ContainerInsightsV2:            awsecs.ContainerInsights_ENHANCED,
	})
}

func capacityStrategy() *[]*awsecs.CapacityProviderStrategy {
	return &[]*awsecs.CapacityProviderStrategy{
		{CapacityProvider: jsii.String(spotProvider), Weight: jsii.Number(spotWeight)},
		{CapacityProvider: jsii.String(onDemandProvider), Weight: jsii.Number(onDemandWeight), Base: jsii.Number(onDemandBase)},
	}
}
