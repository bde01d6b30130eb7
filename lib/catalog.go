package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"

	"catalog/contract"
	"catalog/lib/settings"
)

// newCatalogStack declares everything but the registry and puts out what
// people and tests need to reach it (X2).
func newCatalogStack(app awscdk.App, config settings.Config) awscdk.Stack {
	name := contract.CatalogStackName(config.Suffix)
	stack := awscdk.NewStack(app, jsii.String(name),
		stackProps(config, name, "The product catalog API on ECS Fargate with Aurora PostgreSQL"))
	images := newImages(stack, config)

	key := newKey(stack, config)
	logging := logs{stack, config, key}
	vpc := newNetwork(stack, config, logging)
	firewall := newFirewall(stack, config, vpc)
	database := newDatabase(stack, config, databaseInputs{
		vpc: vpc, group: firewall.database, key: key, logging: logging,
		secret: existingSecret(stack, config, "DatabaseSecret", contract.ParamDatabaseSecretARN, contract.DBSecretName(config.Suffix)),
	})
	alb := newLoadBalancer(stack, config, vpc, firewall.balancer)
	routing := newRouting(stack, config, vpc, alb)
	if config.WAF {
		newWAF(stack, config, alb, logging)
	}

	topic := newTopic(stack, config, key)
	watched := metrics{config, alb, routing}
	alarms, rollBackOn := newAlarms(stack, config, watched, topic)
	tellOfEvents(stack, config, topic)
	dashboard := newDashboard(stack, config, watched, alarms)
	newTracing(stack, config)
	if config.MonthlyBudgetUSD > 0 {
		newBudget(stack, config)
	}

	cluster := newCluster(stack, config, vpc, logging)
	service := newService(stack, config, serviceInputs{
		cluster: cluster, group: firewall.tasks, routing: routing, rollBackOn: rollBackOn,
		task: newTask(stack, config, taskInputs{
			database: database, images: images, logging: logging,
			apiSecret: existingSecret(stack, config, "ApiSecret", contract.ParamAPISecretARN, contract.APISecretName(config.Suffix)),
		}),
	})
	for _, alarm := range alarms {
		service.Node().AddDependency(alarm) // a deployment looks at them by name
	}
	scale(config, service)
	ownCustomResourceLogs(stack, logging)

	output(stack, contract.OutputAlbDNSName, *alb.LoadBalancerDnsName(), "X2: the load balancer")
	output(stack, contract.OutputAPIURL, url(config, alb)+contract.APIBase, "The API's base URL")
	output(stack, contract.OutputDashboardURL, dashboardURL(config, dashboard), "X2: the dashboard")
	output(stack, contract.OutputClusterName, *cluster.ClusterName(), "The ECS cluster")
	output(stack, contract.OutputServiceName, *service.ServiceName(), "The ECS service")
	return stack
}

// existingSecret looks up a secret that exists before the stack (D5), by its
// whole ARN: the six characters at the end are known to nobody but Secrets
// Manager, and a name without them would match other secrets too. A release
// asks for the ARN and gives it as a parameter, whose pattern takes no other
// secret than this environment's.
func existingSecret(stack awscdk.Stack, config settings.Config, id, parameter, name string) awssecretsmanager.ISecret {
	given := awscdk.NewCfnParameter(stack, jsii.String(parameter), &awscdk.CfnParameterProps{
		Type:                  jsii.String("String"),
		AllowedPattern:        jsii.String(`^arn:aws[a-z-]*:secretsmanager:` + config.Region + `:[0-9]{12}:secret:` + name + `-[A-Za-z0-9]{6}$`),
		ConstraintDescription: jsii.String("the whole ARN of the existing secret " + name),
		Description:           jsii.String("The existing secret " + name),
	})
	awscdk.Validations_Of(stack).Acknowledge(&awscdk.Acknowledgment{
		Id: jsii.String("CloudFormation-Validate::W2509"), Reason: jsii.String("the parameter is a secret's ARN, not a secret"),
	})
	return awssecretsmanager.Secret_FromSecretCompleteArn(stack, jsii.String(id), given.ValueAsString())
}
