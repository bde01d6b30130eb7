package local

import "testing"

// What lib declares besides the types that run: each of them is listed as one
// that only AWS can give, and not as one that nobody knows.
func TestTypesThatOnlyAWSCanGive(t *testing.T) {
	t.Parallel()
	for _, typ := range []string{
		"AWS::ApplicationAutoScaling::ScalableTarget", "AWS::Budgets::Budget", "AWS::CloudWatch::Alarm", "AWS::Events::Rule",
		"AWS::KMS::Key", "AWS::Lambda::Function", "AWS::Route53::RecordSet", "AWS::S3::Bucket", "AWS::SNS::Topic",
		"AWS::WAFv2::WebACL", "AWS::XRay::SamplingRule", "Custom::S3AutoDeleteObjects", "AWS::EC2::VPC",
	} {
		if !isRecorded(typ) {
			t.Errorf("%s is not known", typ)
		}
	}
	for _, typ := range []string{"AWS::SQS::Queue", "AWS::Lambda::FunctionUrl", "AWS::KMS", "Customs::Thing"} {
		if isRecorded(typ) {
			t.Errorf("%s is known", typ)
		}
	}
}

// Other resources join these values into policies, alarms and dashboards; they
// must look as on AWS.
func TestRecordsAnswerAsAWSDoes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typ, property, attribute, want string
	}{
		{"AWS::KMS::Key", "", "", "Thing"},
		{"AWS::KMS::Key", "", "KeyId", "Thing"},
		{"AWS::KMS::Key", "", "Arn", "arn:aws:kms:ap-southeast-2:000000000000:key/Thing"},
		{"AWS::KMS::Alias", "AliasName", "", "given"},
		{"AWS::SNS::Topic", "TopicName", "", "arn:aws:sns:ap-southeast-2:000000000000:given"},
		{"AWS::SNS::Topic", "TopicName", "TopicArn", "arn:aws:sns:ap-southeast-2:000000000000:given"},
		{"AWS::SNS::Topic", "TopicName", "TopicName", "given"},
		{"AWS::S3::Bucket", "BucketName", "", "given"},
		{"AWS::S3::Bucket", "BucketName", "Arn", "arn:aws:s3:::given"},
		{"AWS::IAM::Role", "RoleName", "Arn", "arn:aws:iam::000000000000:role/given"},
		{"AWS::Lambda::Function", "FunctionName", "Arn", "arn:aws:lambda:ap-southeast-2:000000000000:function:given"},
		{"AWS::CloudWatch::Alarm", "AlarmName", "Arn", "arn:aws:cloudwatch:ap-southeast-2:000000000000:alarm:given"},
		{"AWS::Events::Rule", "Name", "Arn", "arn:aws:events:ap-southeast-2:000000000000:rule/given"},
		{"AWS::XRay::Group", "GroupName", "", "arn:aws:xray:ap-southeast-2:000000000000:group/given"},
		{"AWS::EC2::SecurityGroup", "", "GroupId", "local:Thing.GroupId"},
		{"Custom::Anything", "", "Answer", "local:Thing.Answer"},
	} {
		r := newRecord(declared{
			id: "Thing", typ: c.typ, stack: Stack{Region: "ap-southeast-2"}, properties: map[string]any{c.property: "given"},
		})
		got := r.ref()
		if c.attribute != "" {
			got, _ = r.attribute(c.attribute)
		}
		if got != c.want {
			t.Errorf("%s.%s is %q, want %q", c.typ, c.attribute, got, c.want)
		}
	}
}

func TestFullNamesThatAlarmsUse(t *testing.T) {
	t.Parallel()
	named := declared{properties: map[string]any{"Name": "x"}}
	lb := &loadBalancer{declared: named}
	if got, ok := lb.attribute("LoadBalancerFullName"); !ok || got != "app/x/local" {
		t.Errorf("the load balancer's full name is %q", got)
	}
	g := &targetGroup{declared: named}
	if got, ok := g.attribute("TargetGroupFullName"); !ok || got != "targetgroup/x/local" {
		t.Errorf("the target group's full name is %q", got)
	}
}
