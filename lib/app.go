package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"catalog/contract"
	_ "catalog/lib/quietnode" // before the CDK starts Node
	"catalog/lib/settings"
)

// ContextOf reads the CDK context of an app.
func ContextOf(app awscdk.App) settings.Lookup {
	return func(key string) any { return app.Node().TryGetContext(jsii.String(key)) }
}

// Declare adds both stacks of an environment to the app, and that of the role
// for GitHub Actions where a repository is named.
func Declare(app awscdk.App, config settings.Config) {
	checkWithNag(app)
	registry := newRegistryStack(app, config)
	catalog := newCatalogStack(app, config)
	// The service pulls by a name that both stacks know, not by an export:
	// only the order matters, and an export would pin the registry in place.
	catalog.AddStackDependency(registry, jsii.String("an image must be in the registry before a service can start"))
	if config.GitHubRepository != "" {
		newDeliveryStack(app, config)
	}
}

func stackProps(config settings.Config, name, description string) *awscdk.StackProps {
	return &awscdk.StackProps{
		StackName:   jsii.String(name),
		Description: jsii.String(description),
		Env:         &awscdk.Environment{Region: jsii.String(config.Region)},
		Tags: &map[string]*string{
			"application": jsii.String("catalog"),
			"environment": jsii.String(config.Suffix),
			"owner":       jsii.String(config.Owner),
			"cost-centre": jsii.String(config.CostCentre),
		},
	}
}

func output(stack awscdk.Stack, name, value, description string) {
	awscdk.NewCfnOutput(stack, jsii.String(name), &awscdk.CfnOutputProps{
		Value:       jsii.String(value),
		Description: jsii.String(description),
	})
}

func newRegistryStack(app awscdk.App, config settings.Config) awscdk.Stack {
	name := contract.RegistryStackName(config.Suffix)
	stack := awscdk.NewStack(app, jsii.String(name),
		stackProps(config, name, "Container images of the product catalog"))
	repository := newRegistry(stack, config)
	output(stack, contract.OutputEcrRepositoryURI, *repository.RepositoryUri(), "X2: where images are pushed")
	return stack
}
