package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"
)

// customResourceProviders are the Lambda functions that the CDK adds by
// itself, by the ids that it gives them, and the purpose that names their logs.
var customResourceProviders = map[string]string{
	"Custom::S3AutoDeleteObjectsCustomResourceProvider":  "empty-bucket",
	"Custom::VpcRestrictDefaultSGCustomResourceProvider": "default-group",
}

// ownCustomResourceLogs gives those functions a log group of the stack's own.
// AWS would make one at the first call, without a retention, and leave it
// behind (G2). The functions may write to it and, unlike by the managed policy
// that the CDK gives them, create none.
func ownCustomResourceLogs(stack awscdk.Stack, l logs) {
	for id, purpose := range customResourceProviders {
		provider := stack.Node().TryFindChild(jsii.String(id))
		if provider == nil {
			continue
		}
		group := l.group(purpose)
		role := provider.Node().FindChild(jsii.String("Role")).(awscdk.CfnResource)
		role.AddPropertyDeletionOverride(jsii.String("ManagedPolicyArns"))
		writing := awsiam.NewCfnPolicy(stack, jsii.String("Policy-"+purpose), &awsiam.CfnPolicyProps{
			PolicyName: jsii.String(l.config.Name("policy", purpose)),
			Roles:      &[]*string{role.Ref()},
			PolicyDocument: map[string]any{
				"Version": "2012-10-17",
				"Statement": []any{map[string]any{
					"Effect":   "Allow",
					"Action":   []string{"logs:CreateLogStream", "logs:PutLogEvents"},
					"Resource": *group.LogGroupArn(),
				}},
			},
		})
		handler := provider.Node().FindChild(jsii.String("Handler")).(awscdk.CfnResource)
		handler.AddPropertyOverride(jsii.String("LoggingConfig"), map[string]any{"LogGroup": *group.LogGroupName()})
		handler.AddResourceDependency(writing, nil)
		explain(provider, "AwsSolutions-L1", "the CDK chooses and updates the runtime of its own provider")
		explainGuard(handler, "CT.LAMBDA.PR.3", "it calls AWS's public API alone, while the stack is created, changed or destroyed")
		explain(writing, "AwsSolutions-IAM5", "the star stands for the streams of this one log group")
	}
}
