package main

import (
	"os"
	"testing"

	"catalog/release/cloud/standin"
)

// TestX6_EveryStepOfADeploymentMayFail: one sentence, a known state, and the
// command that goes on from there.
func TestX6_EveryStepOfADeploymentMayFail(t *testing.T) {
	t.Parallel()
	for _, step := range []struct {
		name, action, code string
		parts              []string
	}{
		{"no such credentials", "GetCallerIdentity", "InvalidClientTokenId", []string{"does not know the credentials"}},
		{"credentials that have expired", "GetCallerIdentity", "ExpiredToken", []string{"have expired", "aws sso login"}},
		{"throttling", "DescribeStacks", "Throttling", []string{"no more requests", "run the same command again"}},
		{"no permission", "GetSecretValue", "AccessDeniedException", []string{"secret-catalog-", "docs/deploy.md"}},
		{"no secret", "GetSecretValue", "ResourceNotFoundException", []string{"secrets init --suffix dev"}},
		{"no bootstrap", "GetParameter", "ParameterNotFound", []string{"npx cdk bootstrap aws://123456789012/ap-southeast-2"}},
		{"no view of quotas", "DescribeAddresses", "UnauthorizedOperation", []string{"Elastic IP", "docs/deploy.md"}},
		{"expired before the push", "DescribeImages", "ExpiredTokenException", []string{"have expired", "goes on from here"}},
	} {
		t.Run(step.name, func(t *testing.T) {
			t.Parallel()
			c := newCloudTest(t)
			c.aws.Fail(step.action, step.code, "not-now", 99)
			c.ends(c.call(deployYes()...), exitFailed, step.parts...)
			if got := c.status("stack-catalog-dev"); got != "" {
				t.Errorf("the catalog's stack is %s", got)
			}
			c.aws.Fail(step.action, "", "", 0)
			c.ends(c.call(deployYes()...), 0, "smoke")
		})
	}
}

// TestX6_RolledBackStackNamesTheFirstCause: not what was cancelled because of it.
func TestX6_RolledBackStackNamesTheFirstCause(t *testing.T) {
	t.Parallel()
	c := newCloudTest(t)
	c.onDeployOf("stack-catalog-dev", func(args []string) (int, string) {
		c.aws.Do(func() {
			stack := c.aws.Change("stack-catalog-dev", "ROLLBACK_COMPLETE", standin.ParametersOf(args),
				standin.Event{ID: "Service", Type: "AWS::ECS::Service", Status: "CREATE_FAILED", Reason: "tasks failed\nto start"},
				standin.Event{ID: "Alarm", Type: "AWS::CloudWatch::Alarm", Status: "CREATE_FAILED", Reason: "Resource creation cancelled"})
			stack.Status = "ROLLBACK_COMPLETE"
		})
		return 1, "stack-catalog-dev failed: Error: the stack named stack-catalog-dev failed creation"
	})
	c.ends(c.call(deployYes()...), exitFailed, "ROLLBACK_COMPLETE", "Service (AWS::ECS::Service) failed: tasks failed to start", "go on with bin/catalogctl deploy --suffix dev")
	c.aws.Do(func() { c.aws.OnCDK = nil })
	c.ends(c.call(deployYes()...), 0, "smoke")
}

func TestX6_CDKThatFailsBeforeCloudFormationIsHeard(t *testing.T) {
	t.Parallel()
	c := newCloudTest(t)
	c.onDeployOf("stack-registry-dev", func([]string) (int, string) {
		return 1, "Error: Could not assume role in target account\n    at x.js:1"
	})
	c.ends(c.call(deployYes()...), exitFailed, "stack-registry-dev is not there", "Could not assume role", "bin/catalogctl deploy")
}

// TestX6_ExpiredWhileCloudFormationWorks: which goes on without us.
func TestX6_ExpiredWhileCloudFormationWorks(t *testing.T) {
	t.Parallel()
	c := newCloudTest(t)
	c.onDeployOf("stack-catalog-dev", func([]string) (int, string) {
		c.aws.Fail("DescribeStacks", "ExpiredToken", "expired", 99)
		c.aws.Fail("DescribeStackEvents", "ExpiredToken", "expired", 99)
		return 1, "ExpiredToken: the security token is expired"
	})
	c.ends(c.call(deployYes()...), exitFailed, "goes on without them", "bin/catalogctl status --aws --suffix dev", "bin/catalogctl deploy --suffix dev")
}

// TestX6_CtrlCSaysWhatGoesOn: CloudFormation does, and how to watch it or take
// it back.
func TestX6_CtrlCSaysWhatGoesOn(t *testing.T) {
	t.Parallel()
	c := newCloudTest(t)
	release := make(chan struct{})
	defer close(release)
	hang := func(state string) {
		c.onDeployOf("stack-catalog-dev", func([]string) (int, string) {
			c.aws.Do(func() {
				stack := c.aws.Stacks["stack-catalog-dev"]
				if stack == nil {
					stack = c.aws.Change("stack-catalog-dev", "COMPLETE", nil)
				}
				stack.Status = state
			})
			<-release
			return 0, ""
		})
	}
	hang("CREATE_IN_PROGRESS")
	r := c.call(deployYes()...)
	r.interrupt(t, func() bool { return c.status("stack-catalog-dev") == "CREATE_IN_PROGRESS" })
	c.ends(r, exitInterrupted, "CloudFormation goes on with stack-catalog-dev", "status --aws", "bin/catalogctl destroy --suffix dev takes it back")

	c.ends(c.call(deployYes()...), exitFailed, "takes no deployment", "CREATE_IN_PROGRESS", "wait until")

	c.aws.Do(func() { c.aws.Stacks["stack-catalog-dev"].Status = "CREATE_COMPLETE" })
	hang("UPDATE_IN_PROGRESS")
	r = c.call(deployYes()...)
	r.interrupt(t, func() bool { return c.status("stack-catalog-dev") == "UPDATE_IN_PROGRESS" })
	c.ends(r, exitInterrupted, "cancel-update-stack --region ap-southeast-2 --stack-name stack-catalog-dev takes it back")

	c.aws.Do(func() { c.aws.Stacks["stack-catalog-dev"].Status = "UPDATE_COMPLETE" })
	hang("DELETE_IN_PROGRESS")
	r = c.call("destroy", "--yes")
	r.interrupt(t, func() bool { return c.status("stack-catalog-dev") == "DELETE_IN_PROGRESS" })
	c.ends(r, exitInterrupted, "goes on with stack-catalog-dev (DELETE_IN_PROGRESS)", "bin/catalogctl destroy --suffix dev goes on from there")
}

// TestG7_DestroyThatFailsOrLeavesSomething: is no success.
func TestG7_DestroyThatFailsOrLeavesSomething(t *testing.T) {
	t.Parallel()
	c := newCloudTest(t)
	c.aws.Do(func() {
		c.aws.Change("stack-catalog-dev", "COMPLETE", nil)
		c.aws.Change("stack-registry-dev", "COMPLETE", nil)
	})
	c.onDeployOf("stack-catalog-dev", func([]string) (int, string) {
		c.aws.Do(func() {
			stack := c.aws.Change("stack-catalog-dev", "COMPLETE", nil, standin.Event{ID: "Vpc", Type: "AWS::EC2::VPC", Status: "DELETE_FAILED", Reason: "it has dependencies"})
			stack.Status = "DELETE_FAILED"
		})
		return 1, "failed: Error: deletion failed"
	})
	c.ends(c.call("destroy", "--yes"), exitFailed, "DELETE_FAILED", "Vpc (AWS::EC2::VPC) failed: it has dependencies", "bin/catalogctl destroy --suffix dev")
	c.ends(c.call(deployYes()...), exitFailed, "takes no deployment", "bin/catalogctl destroy --suffix dev")
	c.aws.Do(func() {
		c.aws.OnCDK = nil
		c.aws.Answers["DescribeLogGroups"] = `{"logGroups":[{"logGroupName":"/aws/rds/cluster/db-catalog-dev/postgresql"},{"logGroupName":"logs-api-other"}]}`
	})
	c.ends(c.call("destroy", "--yes"), exitFailed, "1 things are left (log group /aws/rds/cluster/db-catalog-dev/postgresql)", "destroy --yes --suffix dev")
	c.aws.Fail("DescribeLogGroups", "AccessDeniedException", "no", 99)
	c.ends(c.call("destroy", "--yes"), exitFailed, "whether log groups are left cannot be seen")
}

func TestX6_APIThatDoesNotServeIsNoSuccess(t *testing.T) {
	t.Parallel()
	c := newCloudTest(t)
	c.write("integration/broken", "")
	c.ends(c.call("deploy", "--yes", "--allow-dirty"), exitFailed, "TestL2_Smoke", "the API does not answer", "bin/catalogctl rollback --aws --suffix dev")
}

// TestX6_BadUseOnAWSIsRefused: before anything is asked of an account.
func TestX6_BadUseOnAWSIsRefused(t *testing.T) {
	t.Parallel()
	c := newCloudTest(t)
	for part, args := range map[string][]string{
		"nobody can answer":               {"deploy"},
		"give --yes":                      {"destroy"},
		"dev, staging or prod":            {"deploy", "--yes", "--profile", "default"},
		"needs --image":                   {"deploy", "--yes", "--workload", "flask"},
		"goes with --workload flask":      {"deploy", "--yes", "--image", "v1"},
		"must be a tag":                   {"deploy", "--yes", "--workload", "flask", "--image", "--x"},
		"must be key=value":               {"deploy", "--yes", "--context", "taskCpu"},
		"must be change-set or direct":    {"deploy", "--yes", "--method", "fast"},
		"1 to 12 of a-z":                  {"destroy", "--yes", "--suffix", "Prod"},
		"neither a flag nor a command":    {"secrets", "init", "now"},
		"neither a flag nor a command of": {"outputs", "now"},
	} {
		c.ends(c.call(args...), exitUsage, part)
	}
	if n := c.aws.Called("GetCallerIdentity"); n != 0 {
		t.Errorf("the account was asked %d times", n)
	}
	c.write("cmd/catalog/more.go", "package main\n")
	c.ends(c.call(deployYes()...), exitFailed, "1 changes that no commit has", "--allow-dirty")
	c.must(os.Remove(c.path("cmd/catalog/more.go")))
	c.ends(c.call("outputs"), exitFailed, "there is no environment dev", "bin/catalogctl deploy")
}
