package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"catalog/contract"
)

// newCatalogStack declares everything but the registry and puts out what
// people and tests need to reach it (X2).
func newCatalogStack(app awscdk.App, config Config) awscdk.Stack {
	name := contract.CatalogStackName(config.Suffix)
	stack := awscdk.NewStack(app, jsii.String(name),
		stackProps(config, name, "The product catalog API on ECS Fargate with Aurora PostgreSQL"))
	digest := awscdk.NewCfnParameter(stack, jsii.String(contract.ParamImageDigest), &awscdk.CfnParameterProps{
		Type:                  jsii.String("String"),
		AllowedPattern:        jsii.String("^sha256:[0-9a-f]{64}$"),
		ConstraintDescription: jsii.String("the digest of an image in the registry, like sha256:0123…"),
		Description:           jsii.String("The image that the tasks run"),
	})

	network := newNetwork(stack, config)
	database := newDatabase(stack, config, network)
	cluster := newCluster(stack, config, network)
	balancer := newBalancer(stack, config, network)
	task := newTaskDefinition(stack, config, taskInputs{database: database, digest: *digest.ValueAsString()})
	service := newService(stack, config, network, cluster, task, balancer)
	scaleOnCPU(config, service)
	dashboard := newDashboard(stack, config, service, balancer)

	dns := *balancer.alb.LoadBalancerDnsName()
	output(stack, contract.OutputAlbDNSName, dns, "X2: the load balancer")
	output(stack, contract.OutputAPIURL, "http://"+dns+contract.APIBase, "The API's base URL")
	output(stack, contract.OutputDashboardURL, dashboardURL(config, dashboard), "X2: the dashboard")
	output(stack, contract.OutputClusterName, *cluster.ClusterName(), "The ECS cluster")
	output(stack, contract.OutputServiceName, *service.ServiceName(), "The ECS service")
	return stack
}
