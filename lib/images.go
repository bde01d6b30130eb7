package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/jsii-runtime-go"

	"catalog/contract"
	"catalog/lib/settings"
)

const digestPattern = "sha256:[0-9a-f]{64}"

// images are what a task's containers run. They are parameters: a release
// changes them and not the template.
type images struct{ api, migration awsecs.ContainerImage }

// newImages declares the parameters. The migration is a command of our own
// image. Where the API runs it too, the two are one unless a release says
// otherwise; beside an image of another make it has to be named.
func newImages(stack awscdk.Stack, config settings.Config) images {
	api := digestParameter(stack, contract.ParamImageDigest, "The image that the tasks run", nil)
	if config.Workload == settings.WorkloadFlask {
		migration := digestParameter(stack, contract.ParamMigrationImageDigest, "Our own image, whose migrate command runs before the API", nil)
		return images{image(stack, config, *api.ValueAsString()), image(stack, config, *migration.ValueAsString())}
	}
	migration := digestParameter(stack, contract.ParamMigrationImageDigest,
		"The image whose migrate command runs before the API, if it is not the API's", jsii.String(""))
	same := awscdk.NewCfnCondition(stack, jsii.String("MigrationIsOfTheImage"), &awscdk.CfnConditionProps{
		Expression: awscdk.Fn_ConditionEquals(migration.ValueAsString(), jsii.String("")),
	})
	chosen := awscdk.Fn_ConditionIf(same.LogicalId(), api.ValueAsString(), migration.ValueAsString()).ToString()
	return images{image(stack, config, *api.ValueAsString()), image(stack, config, *chosen)}
}

// digestParameter takes the digest of an image; "" only where that is the
// default.
func digestParameter(stack awscdk.Stack, name, description string, fallback *string) awscdk.CfnParameter {
	pattern, what := "^"+digestPattern+"$", "the digest of an image in the registry, like sha256:0123…"
	if fallback != nil {
		pattern, what = "^("+digestPattern+")?$", what+", or nothing"
	}
	return awscdk.NewCfnParameter(stack, jsii.String(name), &awscdk.CfnParameterProps{
		Type:                  jsii.String("String"),
		Default:               fallback,
		AllowedPattern:        jsii.String(pattern),
		ConstraintDescription: jsii.String(what),
		Description:           jsii.String(description),
	})
}
