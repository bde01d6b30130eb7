package template

import (
	"slices"
	"strings"
	"testing"
)

// TestChecklist43_ExecutionRoleHasNothingToSpare: this repository, these log
// groups, these secrets.
func TestChecklist43_ExecutionRoleHasNothingToSpare(t *testing.T) {
	t.Parallel()
	attachment, _ := catalogTemplate.one(t, "AWS::SecretsManager::SecretTargetAttachment")
	statements := policyOf(t, catalogTemplate, "policy-execution-pr-42")
	if len(statements) != 4 {
		t.Fatalf("it has %d statements, want 4: %s", len(statements), asJSON(statements))
	}
	if repository := asJSON(in(statements[0], "Resource")); !strings.Contains(repository, ":repository/ecr-catalog-pr-42") {
		t.Errorf("it pulls from %s", repository)
	}
	want(t, "ecr:GetAuthorizationToken", statements[1], "Action")
	want(t, []string{"logs:CreateLogStream", "logs:PutLogEvents"}, statements[2], "Action")
	if groups := in(statements[2], "Resource").([]any); len(groups) != 3 {
		t.Errorf("it writes to %s, want three groups", asJSON(groups))
	}
	want(t, "secretsmanager:GetSecretValue", statements[3], "Action")
	want(t, []any{ref("ApiSecretArn"), ref(attachment)}, statements[3], "Resource")
}

func TestChecklist44_TaskRoleWritesTracesOnly(t *testing.T) {
	t.Parallel()
	statements := policyOf(t, catalogTemplate, "policy-task-pr-42")
	want(t, []any{map[string]any{
		"Action": []string{"xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"},
		"Effect": "Allow", "Resource": "*",
	}}, any(statements))
	if with := policyOf(t, prod.catalog, "policy-task-live"); len(with) != 3 {
		t.Errorf("with ECS Exec the task role has %s", asJSON(with))
	}
}

// starActions are the only actions that may be allowed on everything, since
// they take no resource (AWS: "Service Authorization Reference").
var starActions = []string{
	"ecr:GetAuthorizationToken", "xray:", "elasticloadbalancing:Describe", "ssmmessages:", "logs:DescribeLogGroups",
}

// TestG4_NoPolicyReachesEverything, in any environment.
func TestG4_NoPolicyReachesEverything(t *testing.T) {
	t.Parallel()
	for name, e := range environments {
		for id, policy := range e.catalog.all("AWS::IAM::Policy") {
			for _, statement := range in(policy, "PolicyDocument", "Statement").([]any) {
				if in(statement, "Resource") != "*" {
					continue
				}
				actions, isList := in(statement, "Action").([]any)
				if !isList {
					actions = []any{in(statement, "Action")}
				}
				for _, action := range actions {
					if !slices.ContainsFunc(starActions, func(a string) bool { return strings.HasPrefix(action.(string), a) }) {
						t.Errorf("%s: %s allows %v on everything", name, id, action)
					}
				}
			}
		}
		for id, role := range e.catalog.all("AWS::IAM::Role") {
			if role["ManagedPolicyArns"] != nil {
				t.Errorf("%s: the role %s has managed policies: %s", name, id, asJSON(role["ManagedPolicyArns"]))
			}
		}
	}
}
