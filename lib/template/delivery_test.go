package template

import (
	"slices"
	"strings"
	"testing"
)

// TestX7_OnlyThisEnvironmentsWorkflowsTakeTheRole: no branch, no pull request
// and no other environment of the repository can.
func TestX7_OnlyThisEnvironmentsWorkflowsTakeTheRole(t *testing.T) {
	t.Parallel()
	_, role := prod.delivery.one(t, "AWS::IAM::Role")
	trust := in(role, "AssumeRolePolicyDocument", "Statement", 0)
	want(t, "sts:AssumeRoleWithWebIdentity", trust, "Action")
	want(t, map[string]any{
		"token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
		"token.actions.githubusercontent.com:sub": "repo:shop/catalog:environment:live",
	}, trust, "Condition", "StringEquals")
	if len(in(role, "AssumeRolePolicyDocument", "Statement").([]any)) != 1 || in(trust, "Condition", "StringLike") != nil {
		t.Errorf("somebody else may take it: %s", asJSON(role["AssumeRolePolicyDocument"]))
	}
	if role["ManagedPolicyArns"] != nil {
		t.Errorf("it has managed policies: %s", asJSON(role["ManagedPolicyArns"]))
	}
	want(t, "role-deploy-live", role, "RoleName")
	if _, ok := prod.delivery.Outputs["DeployRoleArn"]; !ok {
		t.Error("its ARN is not put out")
	}
}

// TestG4_TheDeployRoleChangesNothingByItself: what changes resources goes
// through the CDK's own roles; on everything it may only look.
func TestG4_TheDeployRoleChangesNothingByItself(t *testing.T) {
	t.Parallel()
	statements := policyOf(t, prod.delivery, "policy-deploy-live")
	for _, statement := range statements {
		actions, isList := in(statement, "Action").([]any)
		if !isList {
			actions = []any{in(statement, "Action")}
		}
		for _, action := range actions {
			service, verb, _ := strings.Cut(action.(string), ":")
			looks := slices.ContainsFunc([]string{"Describe", "List", "Get"}, func(p string) bool { return strings.HasPrefix(verb, p) })
			if in(statement, "Resource") == "*" && !looks {
				t.Errorf("it may %v on everything", action)
			}
			if service == "iam" || verb == "*" || strings.HasPrefix(verb, "PassRole") {
				t.Errorf("it may %v", action)
			}
		}
		if resource := asJSON(in(statement, "Resource")); resource != `"*"` && strings.Contains(resource, ":*\"") {
			t.Errorf("it reaches %s", resource)
		}
	}
	secrets := asJSON(statements)
	for _, name := range []string{"secret-catalog-db-live-??????", "secret-catalog-api-live-??????", "repository/ecr-catalog-live", "stack/stack-catalog-live/*"} {
		if !strings.Contains(secrets, name) {
			t.Errorf("%s is not among what it reaches: %s", name, secrets)
		}
	}
}

// TestX7_WithoutARepositoryThereIsNoRole in the other environments.
func TestX7_WithoutARepositoryThereIsNoRole(t *testing.T) {
	t.Parallel()
	if dev.delivery.Resources != nil {
		t.Error("dev has a deploy role that nobody asked for")
	}
}
