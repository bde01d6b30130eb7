package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"catalog/lib/settings"
)

// keyPendingDays is the shortest time that KMS keeps a deleted key.
const keyPendingDays = 7

// newKey declares the one key that encrypts the database, its insights, the
// log groups and the alarm topic (G3). Besides the account itself, which
// delegates to its IAM policies, three services may use it, each for this
// environment's own resources alone:
//
//   - CloudWatch Logs, for the log groups of this account and region
//   - CloudWatch, to publish alarms to the encrypted topic: without it they
//     would be dropped without a word
//   - EventBridge, for the same reason
func newKey(stack awscdk.Stack, config settings.Config) awskms.Key {
	key := awskms.NewKey(stack, jsii.String("Key"), &awskms.KeyProps{
		Alias:             jsii.String("alias/" + config.Name("key", "catalog")),
		Description:       jsii.String("Data of the product catalog, environment " + config.Suffix),
		EnableKeyRotation: jsii.Bool(true),
		PendingWindow:     awscdk.Duration_Days(jsii.Number(keyPendingDays)),
		RemovalPolicy:     awscdk.RemovalPolicy_DESTROY,
	})
	explainGuard(key, "CT.KMS.PR.3", "checklist 33: the policy grants no service more than it needs, and kms:CreateGrant to none")
	account := *stack.Account()
	key.AddToResourcePolicy(keyStatement("LogGroupsOfThisAccount", "logs."+config.Region+".amazonaws.com", map[string]any{
		"ArnLike": map[string]string{
			"kms:EncryptionContext:aws:logs:arn": "arn:" + *stack.Partition() + ":logs:" + config.Region + ":" + account + ":log-group:*",
		},
	}, "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"), nil)
	sameAccount := map[string]any{"StringEquals": map[string]string{"aws:SourceAccount": account}}
	key.AddToResourcePolicy(keyStatement("AlarmsToTheTopic", "cloudwatch.amazonaws.com", sameAccount, "kms:Decrypt", "kms:GenerateDataKey*"), nil)
	// EventBridge brings no source account here (AWS: "Managing Amazon SNS
	// encryption keys and costs"): the topic that SNS names stands in for it.
	key.AddToResourcePolicy(keyStatement("EventsToTheTopic", "events.amazonaws.com", map[string]any{
		"StringEquals": map[string]string{
			"kms:EncryptionContext:aws:sns:topicArn": "arn:" + *stack.Partition() + ":sns:" + config.Region + ":" + account + ":" + topicName(config),
		},
	}, "kms:Decrypt", "kms:GenerateDataKey*"), nil)
	return key
}

func keyStatement(sid, service string, conditions map[string]any, actions ...string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String(sid),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String(service), nil)},
		Actions:    jsii.Strings(actions...),
		Resources:  jsii.Strings("*"), // in a key's policy: this key
		Conditions: &conditions,
	})
}
