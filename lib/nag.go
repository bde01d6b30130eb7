package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
)

// checkWithNag holds both stacks against the AwsSolutions rules of cdk-nag at
// every synthesis: a finding that nobody explained fails it.
func checkWithNag(app awscdk.App) {
	awscdk.Aspects_Of(app).Add(cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{
		Reports:       jsii.Bool(true),
		ReportFormats: &[]cdknag.NagReportFormat{cdknag.NagReportFormat_JSON},
	}), nil)
}

// explain accepts a finding on a construct and what is below it, and says why.
// It stands beside the resource that the finding is about.
func explain(construct constructs.IConstruct, rule, reason string) {
	cdknag.NagSuppressions_AddResourceSuppressions(construct, &[]*cdknag.NagPackSuppression{
		{Id: jsii.String(rule), Reason: jsii.String(reason)},
	}, jsii.Bool(true))
}

// explainGuard does the same for a rule of AWS Control Tower, which make lint
// holds against the templates with CloudFormation Guard. It accepts the finding
// on one resource: the construct itself, or the one that stands for it.
func explainGuard(construct constructs.IConstruct, rule, reason string) {
	resource, ok := construct.(awscdk.CfnResource)
	if !ok {
		resource = construct.Node().DefaultChild().(awscdk.CfnResource)
	}
	rules, reasons := []any{}, map[string]any{}
	if earlier, ok := resource.GetMetadata(jsii.String("guard")).(map[string]any); ok {
		rules, reasons = earlier["SuppressedRules"].([]any), earlier["Reasons"].(map[string]any)
	}
	reasons[rule] = reason
	resource.AddMetadata(jsii.String("guard"), map[string]any{"SuppressedRules": append(rules, rule), "Reasons": reasons})
}
