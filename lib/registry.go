package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecr"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"catalog/lib/settings"
)

// keptImages is how many images the lifecycle rule keeps (C3).
const keptImages = 10

func repositoryName(config settings.Config) string { return config.Name("ecr", "catalog") }

// newRegistry declares the repository. Tags are immutable: a deployment pulls
// by digest, and a tag that moves would hide what runs. EmptyOnDelete lets the
// stack go away with images in it (G2). Images are encrypted with ECR's own
// key: they hold the published API and no data.
func newRegistry(scope constructs.Construct, config settings.Config) awsecr.Repository {
	return awsecr.NewRepository(scope, jsii.String("Repository"), &awsecr.RepositoryProps{
		RepositoryName:     jsii.String(repositoryName(config)),
		ImageTagMutability: awsecr.TagMutability_IMMUTABLE,
		ImageScanOnPush:    jsii.Bool(true),
		Encryption:         awsecr.RepositoryEncryption_AES_256(),
		EmptyOnDelete:      jsii.Bool(true),
		RemovalPolicy:      awscdk.RemovalPolicy_DESTROY,
		LifecycleRules: &[]*awsecr.LifecycleRule{{
			Description:   jsii.String("keep the last 10 images"),
			MaxImageCount: jsii.Number(keptImages),
		}},
	})
}
