package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/jsii-runtime-go"

	"catalog/lib/settings"
)

// requestsPerAddress is how many requests one address may send in 5 minutes:
// far more than a customer, fewer than a flood.
const requestsPerAddress = 10_000

// newWAF puts a web ACL in front of the load balancer: AWS's managed rules
// against the common attacks and known bad inputs, and a rate limit.
func newWAF(stack awscdk.Stack, config settings.Config, alb elb.ApplicationLoadBalancer, l logs) {
	acl := awswafv2.NewCfnWebACL(stack, jsii.String("WebAcl"), &awswafv2.CfnWebACLProps{
		Name:             jsii.String(config.Name("acl", "catalog")),
		Scope:            jsii.String("REGIONAL"),
		DefaultAction:    &awswafv2.CfnWebACL_DefaultActionProperty{Allow: &awswafv2.CfnWebACL_AllowActionProperty{}},
		VisibilityConfig: visible("acl"),
		Rules: &[]*awswafv2.CfnWebACL_RuleProperty{
			// Bodies of more than 8 KiB are usual here: the rule that would
			// block them only counts. The API has limits of its own.
			managed(0, "AWSManagedRulesCommonRuleSet", "SizeRestrictions_BODY"),
			managed(1, "AWSManagedRulesKnownBadInputsRuleSet"),
			{
				Name: jsii.String("rate-limit"), Priority: jsii.Number(2), VisibilityConfig: visible("rate-limit"),
				Action: &awswafv2.CfnWebACL_RuleActionProperty{Block: &awswafv2.CfnWebACL_BlockActionProperty{}},
				Statement: &awswafv2.CfnWebACL_StatementProperty{RateBasedStatement: &awswafv2.CfnWebACL_RateBasedStatementProperty{
					AggregateKeyType: jsii.String("IP"), Limit: jsii.Number(requestsPerAddress),
				}},
			},
		},
	})
	awswafv2.NewCfnWebACLAssociation(stack, jsii.String("WebAclAssociation"), &awswafv2.CfnWebACLAssociationProps{
		ResourceArn: alb.LoadBalancerArn(), WebAclArn: acl.AttrArn(),
	})
	// AWS takes only groups whose name begins like this.
	group := l.named("Logs-waf", "aws-waf-logs-"+l.config.Name("catalog", "acl"))
	logging := awswafv2.NewCfnLoggingConfiguration(stack, jsii.String("WebAclLogging"), &awswafv2.CfnLoggingConfigurationProps{
		ResourceArn:           acl.AttrArn(),
		LogDestinationConfigs: &[]any{arnOfLogGroup(stack, *group.LogGroupName())},
		RedactedFields: &[]any{&awswafv2.CfnLoggingConfiguration_FieldToMatchProperty{
			SingleHeader: map[string]string{"Name": "authorization"},
		}},
	})
	logging.Node().AddDependency(group)
}

func managed(priority int, name string, onlyCount ...string) *awswafv2.CfnWebACL_RuleProperty {
	statement := &awswafv2.CfnWebACL_ManagedRuleGroupStatementProperty{VendorName: jsii.String("AWS"), Name: jsii.String(name)}
	var overrides []any
	for _, rule := range onlyCount {
		overrides = append(overrides, &awswafv2.CfnWebACL_RuleActionOverrideProperty{
			Name:        jsii.String(rule),
			ActionToUse: &awswafv2.CfnWebACL_RuleActionProperty{Count: &awswafv2.CfnWebACL_CountActionProperty{}},
		})
	}
	if overrides != nil {
		statement.RuleActionOverrides = &overrides
	}
	return &awswafv2.CfnWebACL_RuleProperty{
		Name: jsii.String(name), Priority: jsii.Number(priority), VisibilityConfig: visible(name),
		OverrideAction: &awswafv2.CfnWebACL_OverrideActionProperty{None: map[string]any{}},
		Statement:      &awswafv2.CfnWebACL_StatementProperty{ManagedRuleGroupStatement: statement},
	}
}

func visible(metric string) *awswafv2.CfnWebACL_VisibilityConfigProperty {
	return &awswafv2.CfnWebACL_VisibilityConfigProperty{
		CloudWatchMetricsEnabled: jsii.Bool(true), SampledRequestsEnabled: jsii.Bool(true), MetricName: jsii.String(metric),
	}
}

// arnOfLogGroup is the ARN without the star that a log group's own attribute
// ends in: WAF refuses it.
func arnOfLogGroup(stack awscdk.Stack, name string) *string {
	return stack.FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("logs"), Resource: jsii.String("log-group"), ResourceName: jsii.String(name),
		ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
	})
}
