package template

import (
	"slices"
	"strings"
	"testing"
)

func TestChecklist32_OneKeyEncryptsTheData(t *testing.T) {
	t.Parallel()
	id, key := catalogTemplate.one(t, "AWS::KMS::Key")
	want(t, true, key, "EnableKeyRotation")
	want(t, 7, key, "PendingWindowInDays")
	_, cluster := catalogTemplate.one(t, "AWS::RDS::DBCluster")
	want(t, attribute(id, "Arn"), cluster, "KmsKeyId")
	for _, instance := range catalogTemplate.all("AWS::RDS::DBInstance") {
		want(t, true, instance, "EnablePerformanceInsights")
		want(t, attribute(id, "Arn"), instance, "PerformanceInsightsKMSKeyId")
	}
	_, topic := catalogTemplate.one(t, "AWS::SNS::Topic")
	want(t, attribute(id, "Arn"), topic, "KmsMasterKeyId")
	for _, group := range catalogTemplate.all("AWS::Logs::LogGroup") {
		want(t, attribute(id, "Arn"), group, "KmsKeyId")
	}
}

// TestChecklist33_KeyPolicyIsMinimal: the account, which delegates to IAM, and
// three services under a condition.
func TestChecklist33_KeyPolicyIsMinimal(t *testing.T) {
	t.Parallel()
	_, key := catalogTemplate.one(t, "AWS::KMS::Key")
	var services []string
	for _, statement := range in(key, "KeyPolicy", "Statement").([]any) {
		service, ok := in(statement, "Principal", "Service").(string)
		if !ok {
			if root := asJSON(in(statement, "Principal")); !strings.Contains(root, ":root") {
				t.Errorf("the key's policy names %s", root)
			}
			continue
		}
		services = append(services, service)
		if service == "events.amazonaws.com" {
			want(t, map[string]any{"kms:EncryptionContext:aws:sns:topicArn": "arn:aws:sns:ap-southeast-2:123456789012:topic-alarms-pr-42"},
				rendered(in(statement, "Condition", "StringEquals")))
		}
		if in(statement, "Condition") == nil {
			t.Errorf("%s may use the key without a condition", service)
		}
		for _, action := range in(statement, "Action").([]any) {
			if action == "kms:*" {
				t.Errorf("%s may do everything with the key", service)
			}
		}
	}
	slices.Sort(services)
	want(t, []string{"cloudwatch.amazonaws.com", "events.amazonaws.com", "logs.ap-southeast-2.amazonaws.com"}, asAny(services))
}

// TestChecklist48_TopicIsTLSOnlyAndTakesThisAccountsMessages: alarms by their
// account; EventBridge's are dropped where there is a condition.
func TestChecklist48_TopicIsTLSOnlyAndTakesThisAccountsMessages(t *testing.T) {
	t.Parallel()
	_, policy := catalogTemplate.one(t, "AWS::SNS::TopicPolicy")
	denied, allowed := 0, 0
	for _, statement := range in(policy, "PolicyDocument", "Statement").([]any) {
		if in(statement, "Effect") == "Deny" {
			want(t, map[string]any{"Bool": map[string]string{"aws:SecureTransport": "false"}}, statement, "Condition")
			denied++
			continue
		}
		want(t, "sns:Publish", statement, "Action")
		if in(statement, "Principal", "Service") == "events.amazonaws.com" {
			want(t, nil, statement, "Condition")
		} else {
			want(t, "cloudwatch.amazonaws.com", statement, "Principal", "Service")
			want(t, ref("AWS::AccountId"), statement, "Condition", "StringEquals", "aws:SourceAccount")
		}
		allowed++
	}
	if denied != 1 || allowed != 2 {
		t.Errorf("the topic's policy is %s", asJSON(policy))
	}
}
