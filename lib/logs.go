package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"catalog/lib/settings"
)

// logs makes the log groups of one environment (O6): encrypted, kept for the
// environment's retention, and gone with the stack (G2). Whatever writes to
// one must come after it, or AWS makes a group by itself that nobody deletes.
type logs struct {
	scope  constructs.Construct
	config settings.Config
	key    awskms.Key
}

const oneYearDays = 365

// group is a log group by its purpose.
func (l logs) group(purpose string) awslogs.LogGroup {
	return l.named("Logs-"+purpose, l.config.Name("logs", purpose))
}

// named is a log group whose name AWS dictates.
func (l logs) named(id, name string) awslogs.LogGroup {
	group := awslogs.NewLogGroup(l.scope, jsii.String(id), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String(name),
		EncryptionKey: l.key,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	group.Node().DefaultChild().(awslogs.CfnLogGroup).SetRetentionInDays(jsii.Number(l.config.LogRetentionDays))
	if l.config.LogRetentionDays < oneYearDays {
		explainGuard(group, "CT.CLOUDWATCH.PR.2", "the environment chose to keep its logs for less than the year that prod keeps them")
	}
	return group
}
