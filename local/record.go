package local

import "strings"

// recordedTypes are the types, or families of types, that only AWS can give.
// They are listed, answer Ref and Fn::GetAtt, and do nothing.
var recordedTypes = []string{
	"AWS::ApplicationAutoScaling::", "AWS::Budgets::", "AWS::CDK::Metadata", "AWS::CloudWatch::", "AWS::EC2::",
	"AWS::Events::", "AWS::IAM::", "AWS::KMS::", "AWS::Lambda::Function", "AWS::RDS::DBInstance",
	"AWS::RDS::DBSubnetGroup", "AWS::Route53::", "AWS::S3::", "AWS::SNS::", "AWS::WAFv2::", "AWS::XRay::", "Custom::",
}

func isRecorded(typ string) bool {
	for _, known := range recordedTypes {
		if typ == known || strings.HasSuffix(known, "::") && strings.HasPrefix(typ, known) {
			return true
		}
	}
	return false
}

// record is a resource that only AWS can give.
type record struct {
	declared
	name string
}

// nameProperties are where the recorded types keep their physical name.
var nameProperties = []string{
	"RepositoryName", "RoleName", "DashboardName", "AlarmName", "GroupName", "TopicName", "BucketName", "FunctionName", "AliasName", "Name",
	"ClusterName", "ServiceName", "LogGroupName", "DBClusterIdentifier", "DBClusterParameterGroupName", "PolicyName",
}

func newRecord(d declared) record { return record{declared: d, name: orElse(d.customName(), d.id)} }

// customName is the physical name that the template gives a resource, "" where
// it gives none.
func (d declared) customName() string {
	if d.typ == "AWS::ECS::TaskDefinition" {
		return "" // a family, of which there may be many revisions
	}
	for _, property := range nameProperties {
		if name, ok := d.properties[property].(string); ok {
			return name
		}
	}
	return ""
}

// ref is the name, or the ARN of the types whose Ref is one.
func (r record) ref() string {
	switch r.typ {
	case "AWS::SNS::Topic", "AWS::XRay::Group", "AWS::XRay::SamplingRule":
		return r.resourceARN()
	}
	return r.name
}

// attribute answers ARNs and names as AWS forms them and, for anything else, a
// placeholder that says what it stands for.
func (r record) attribute(name string) (string, bool) {
	switch name {
	case "Arn", "TopicArn", "GroupARN", "RuleARN":
		return r.resourceARN(), true
	case "KeyId", "TopicName":
		return r.name, true
	case "RepositoryUri":
		return accountID + ".dkr.ecr." + r.stack.Region + ".amazonaws.com/" + r.name, true
	}
	return "local:" + r.id + "." + name, true
}

// resourceARN follows the service's own form where that is not
// arn:aws:service:region:account:kind/name.
func (r record) resourceARN() string {
	service, kind, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(r.typ, "AWS::")), "::")
	switch service {
	case "cloudwatch", "lambda":
		return r.arn(service, kind+":"+r.name)
	case "iam": // belongs to no region
		return "arn:aws:iam::" + accountID + ":" + kind + "/" + r.name
	case "s3": // belongs to no account either
		return "arn:aws:s3:::" + r.name
	case "sns":
		return r.arn(service, r.name)
	}
	return r.arn(service, kind+"/"+r.name)
}
