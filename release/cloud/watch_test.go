package cloud

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"catalog/release/cloud/standin"
)

// TestX6_WatchTellsWhatIsNewAndWhatFailedFirst: not what was there before, and
// not what was cancelled.
func TestX6_WatchTellsWhatIsNewAndWhatFailedFirst(t *testing.T) {
	aws := standin.Start("dev")
	a := connect(t, aws)
	aws.Do(func() {
		aws.Change("stack-catalog-dev", "COMPLETE", nil, standin.Event{ID: "Old", Type: "T", Status: "CREATE_FAILED", Reason: "long ago"})
	})
	watch, err := a.Watch(t.Context(), "stack-catalog-dev")
	if err != nil {
		t.Fatal(err)
	}
	aws.Do(func() {
		aws.Change("stack-catalog-dev", "ROLLBACK_COMPLETE", nil,
			standin.Event{ID: "B", Type: "T", Status: "UPDATE_FAILED", Reason: "Resource update cancelled"},
			standin.Event{ID: "A", Type: "T", Status: "UPDATE_FAILED", Reason: "the cause"})
	})
	events, err := watch.Read(t.Context())
	if err != nil || len(events) != 4 || events[0].ID != "stack-catalog-dev" {
		t.Errorf("read %+v, %v", events, err)
	}
	if cause, ok := FirstFailure(events); !ok || cause.Reason != "the cause" {
		t.Errorf("the cause is %+v, %v", cause, ok)
	}
	if again, err := watch.Read(t.Context()); err != nil || len(again) != 0 {
		t.Errorf("events are told twice: %+v, %v", again, err)
	}
	if err := a.AwaitStack(t.Context(), "stack-catalog-dev"); err == nil {
		t.Error("a stack that was taken back is taken for a success")
	}
}

func TestX6_StatesThatTakeNoDeployment(t *testing.T) {
	t.Parallel()
	for status, part := range map[string]string{
		"CREATE_IN_PROGRESS": "wait until", "UPDATE_ROLLBACK_IN_PROGRESS": "wait until",
		"UPDATE_ROLLBACK_FAILED": "continue-update-rollback", "DELETE_FAILED": "destroy --suffix dev", "ROLLBACK_FAILED": "destroy --suffix dev",
	} {
		says(t, Stack{Name: "s", Status: status}.Refuses("dev"), status, part)
	}
	for status, serves := range map[string]bool{
		"": false, "CREATE_COMPLETE": true, "UPDATE_COMPLETE": true, "UPDATE_ROLLBACK_COMPLETE": true,
		"ROLLBACK_COMPLETE": false, "REVIEW_IN_PROGRESS": false, "CREATE_FAILED": false, "DELETE_COMPLETE": false,
	} {
		s := Stack{Name: "s", Status: status}
		if err := s.Refuses("dev"); err != nil || s.Serves() != serves {
			t.Errorf("%s is refused with %v and serves: %v", status, err, s.Serves())
		}
	}
}

func TestX6_CDKsComplaintIsFound(t *testing.T) {
	t.Parallel()
	for output, want := range map[string]string{
		"":           "said nothing",
		"one\ntwo\n": "two",
		"a\ns failed: Error: no\n    at x.js:1\n":                                           "Error: no",
		"Error: seen\n❌  s failed to deploy\n‣ NoSuchBucket: not there\n(Use `node --trace": "NoSuchBucket: not there",
		strings.Repeat("x", 2000):                                                           "x…",
	} {
		if got := complaint(output); !strings.Contains(got, want) || len(got) > 2*shownLength {
			t.Errorf("of %.40q it finds %.80q, want %q", output, got, want)
		}
	}
}

func FuzzComplaint(f *testing.F) {
	f.Add("a failed: b\n at c")
	f.Fuzz(func(t *testing.T, output string) {
		if got := complaint(output); strings.Contains(got, "\n") || len([]rune(got)) > shownLength+1 {
			t.Errorf("the complaint is %q", got)
		}
	})
}

// TestX6_CDKThatIsInterruptedLeavesNothingRunning: not even what it started.
func TestX6_CDKThatIsInterruptedLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := filepath.Join(dir, "cdk")
	if err := os.WriteFile(script, []byte("echo $@ > called; touch begun; sleep 600 & wait"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for _, err := os.Stat(filepath.Join(dir, "begun")); err != nil; _, err = os.Stat(filepath.Join(dir, "begun")) {
			time.Sleep(10 * time.Millisecond)
		}
		cancel()
	}()
	cdk := CDK{Node: "/bin/sh", CLI: script, Dir: dir}
	err := cdk.Deploy(ctx, Deployment{Assembly: "out", Stack: "s", Parameters: map[string]string{"B": "2", "A": "1"}, Method: MethodDirect})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	called, _ := os.ReadFile(filepath.Join(dir, "called"))
	if want := "deploy s --app out --exclusively --require-approval never --method direct --progress events --parameters s:A=1 --parameters s:B=2\n"; string(called) != want {
		t.Errorf("called with %s", called)
	}
}

// TestG7_SweepKnowsItsOwn: names of other environments are nobody's business.
func TestG7_SweepKnowsItsOwn(t *testing.T) {
	t.Parallel()
	n := names{"dev"}
	for name, ours := range map[string]bool{
		"logs-api-dev": true, "/aws/ecs/containerinsights/cluster-catalog-dev/performance": true, "/aws/rds/cluster/db-catalog-dev/postgresql": true,
		"/aws/lambda/stack-catalog-dev-CustomVpc-1": true, "aws-waf-logs-catalog-dev": true,
		"logs-api-prod": false, "/aws/lambda/stack-catalog-dev2-Custom": false, "other-dev": false, "/aws/rds/cluster/db-catalog-dev2/postgresql": false, "": false,
	} {
		if n.ours(name) != ours {
			t.Errorf("%q is ours: %v", name, !ours)
		}
	}
}

func TestG7_SweepNamesEverything(t *testing.T) {
	aws := standin.Start("dev")
	a := connect(t, aws)
	aws.Do(func() {
		aws.Answers["ListKeys"] = `{"Keys":[{"KeyId":"k"}]}`
		aws.Answers["DescribeKey"] = `{"KeyMetadata":{"KeyId":"k","Arn":"arn:k","Description":"Data of the product catalog, environment dev","KeyState":"PendingDeletion","DeletionDate":1767225600}}`
		aws.Answers["GetResources"] = `{"ResourceTagMappingList":[{"ResourceARN":"arn:aws:ec2:r:1:vpc/vpc-1"},{"ResourceARN":"arn:aws:ecs:r:1:task-definition/task-catalog-dev:1"},{"ResourceARN":"arn:aws:ec2:r:1:natgateway/nat-1"}]}`
		aws.Answers["DescribeNatGateways"] = "<natGatewaySet><item><natGatewayId>nat-1</natGatewayId><state>deleted</state></item></natGatewaySet>"
		aws.Answers["DescribeNetworkInterfaces"] = "<networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId></item></networkInterfaceSet>"
		aws.Answers["DescribeDBClusterSnapshots"] = "<DBClusterSnapshots><DBClusterSnapshot><DBClusterSnapshotIdentifier>final</DBClusterSnapshotIdentifier></DBClusterSnapshot></DBClusterSnapshots>"
	})
	left, err := a.SweepUntilClean(t.Context(), "dev", 0, time.Millisecond)
	var unexpected []string
	for _, one := range Unexpected(left) {
		unexpected = append(unexpected, one.String())
	}
	if got := strings.Join(unexpected, ", "); err != nil || got != "snapshot final, network interface eni-1, tagged resource arn:aws:ec2:r:1:vpc/vpc-1" {
		t.Errorf("left is %s, %v", got, err)
	}
	if len(left) != 6 || left[len(left)-2].Expected != "its deletion is pending until 2026-01-01" {
		t.Errorf("with what is expected: %+v", left)
	}
	aws.Fail("GetResources", "ExpiredTokenException", "x", 9)
	_, err = a.Sweep(t.Context(), "dev")
	says(t, err, "whether tagged resources are left cannot be seen", "expired")
}
