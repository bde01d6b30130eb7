package main

import (
	"encoding/json"
	"strings"
	"testing"
)

const (
	newDigest = "sha256:1111111111111111111111111111111111111111111111111111111111111111"
	oldDigest = "sha256:2222222222222222222222222222222222222222222222222222222222222222"
)

// serving makes the stand-in's environment one that serves, with a release
// before it.
func (c cloudTest) serving() {
	c.aws.Do(func() {
		c.aws.Change("stack-registry-dev", "COMPLETE", nil)
		c.aws.Change("stack-catalog-dev", "COMPLETE", map[string]string{"ImageDigest": newDigest, "InitialDeployment": "true"})
		c.aws.Images = []string{oldDigest, newDigest}
		for action, answer := range map[string]string{
			"DescribeServices":           `{"services":[{"status":"ACTIVE","desiredCount":2,"runningCount":2}]}`,
			"ListTasks":                  `{"taskArns":["arn:aws:ecs:r:1:task/c/0123456789"]}`,
			"DescribeTasks":              `{"tasks":[{"taskArn":"arn:aws:ecs:r:1:task/c/0123456789","lastStatus":"RUNNING","availabilityZone":"ap-southeast-2a","capacityProviderName":"FARGATE","containers":[{"name":"api","imageDigest":"` + newDigest + `","networkInterfaces":[{"privateIpv4Address":"10.0.0.7"}]}]}]}`,
			"ListServiceDeployments":     `{"serviceDeployments":[{"serviceDeploymentArn":"arn:d/new"},{"serviceDeploymentArn":"arn:d/old"}]}`,
			"DescribeServiceDeployments": `{"serviceDeployments":[{"serviceDeploymentArn":"arn:d/new","status":"SUCCESSFUL","createdAt":200,"targetServiceRevision":{"arn":"arn:r/new"}}]}`,
			"DescribeServiceRevisions":   `{"serviceRevisions":[{"containerImages":[{"containerName":"api","imageDigest":"` + newDigest + `"}]}]}`,
			"ListTaskDefinitions":        `{"taskDefinitionArns":["arn:aws:ecs:r:1:task-definition/task-catalog-dev:1"]}`,
			"DescribeTaskDefinition":     `{"taskDefinition":{"containerDefinitions":[{"name":"api","image":"host/ecr-catalog-dev@` + oldDigest + `"}]}}`,
		} {
			c.aws.Answers[action] = answer
		}
	})
}

func TestX2_StatusOnAWS(t *testing.T) {
	t.Parallel()
	c := newCloudTest(t)
	c.ends(c.call("status", "--aws"), exitFailed, "there is no environment dev", "bin/catalogctl deploy")
	c.ends(c.call("status", "--aws", "--resources"), exitUsage, "--resources")
	c.ends(c.call("status", "--region", "eu-west-1"), exitUsage, "--aws")
	c.serving()
	c.ends(c.call("status", "--aws"), 0, "2 of 2 tasks run")
	r := c.call("status", "--aws", "--json")
	c.ends(r, 0, "stack-catalog-dev")
	var status awsStatus
	c.must(json.Unmarshal(r.stdout.Bytes(), &status))
	if len(status.Stacks) != 2 || len(status.Service.Tasks) != 1 || status.Service.Tasks[0].Address != "10.0.0.7" || status.Outputs["ServiceName"] != "service-catalog-dev" {
		t.Errorf("the status is %+v", status)
	}
}

// TestL3_RollbackOnAWS: the release before, by the deployment's own template;
// or what is under way.
func TestL3_RollbackOnAWS(t *testing.T) {
	t.Parallel()
	c := newCloudTest(t)
	c.ends(c.call("rollback", "--aws"), exitFailed, "there is no service", "bin/catalogctl deploy")
	c.serving()
	c.ends(c.call("rollback", "--aws"), 0, "back to "+oldDigest)
	if n := c.aws.Called("UpdateStack"); n != 1 {
		t.Errorf("the stack was updated %d times", n)
	}
	c.aws.Do(func() { c.aws.Images = []string{newDigest} })
	c.ends(c.call("rollback", "--aws"), exitFailed, oldDigest, "it is not in ecr-catalog-dev")
	c.aws.Do(func() {
		c.aws.Answers["DescribeTaskDefinition"] = strings.ReplaceAll(c.aws.Answers["DescribeTaskDefinition"], oldDigest, newDigest)
	})
	c.ends(c.call("rollback", "--aws"), exitFailed, "there is nothing to go back to")
	c.aws.Do(func() {
		c.aws.Answers["DescribeServiceDeployments"] = strings.ReplaceAll(c.aws.Answers["DescribeServiceDeployments"], "SUCCESSFUL", "IN_PROGRESS")
	})
	c.ends(c.call("rollback", "--aws"), 0, "the deployment new is taken back")
	if n := c.aws.Called("StopServiceDeployment"); n != 1 {
		t.Errorf("%d deployments were stopped", n)
	}
}

// TestG6_DiffShowsWhatCostsFirst: and changes nothing.
func TestG6_DiffShowsWhatCostsFirst(t *testing.T) {
	t.Parallel()
	c := newCloudTest(t)
	c.aws.Do(func() {
		c.aws.Answers["DescribeChangeSet"] = `<Status>CREATE_COMPLETE</Status><Changes>
<member><Type>Resource</Type><ResourceChange><Action>Add</Action><LogicalResourceId>Vpc</LogicalResourceId><ResourceType>AWS::EC2::VPC</ResourceType></ResourceChange></member>
<member><Type>Resource</Type><ResourceChange><Action>Modify</Action><LogicalResourceId>Database</LogicalResourceId><ResourceType>AWS::RDS::DBCluster</ResourceType>
<BeforeContext>{"Properties":{"ServerlessV2ScalingConfiguration":{"MinCapacity":"0.5","MaxCapacity":"4"}}}</BeforeContext>
<AfterContext>{"Properties":{"ServerlessV2ScalingConfiguration":{"MinCapacity":"1","MaxCapacity":"32"}}}</AfterContext></ResourceChange></member></Changes>`
	})
	r := c.call("deploy", "--diff")
	c.ends(r, 0, "MinCapacity 0.5, MaxCapacity 4 → MinCapacity 1, MaxCapacity 32")
	if text := r.stdout.String(); strings.Index(text, "AWS::RDS::DBCluster") > strings.Index(text, "AWS::EC2::VPC") {
		t.Errorf("what costs does not come first: %s", text)
	}
	if c.status("stack-registry-dev") != "" || c.aws.Called("DeleteChangeSet") != 2 {
		t.Error("a look left something")
	}
}

// TestS1_RollbackToAnotherWorkloadIsRefused: its image would be asked to
// migrate, which only ours can.
func TestS1_RollbackToAnotherWorkloadIsRefused(t *testing.T) {
	t.Parallel()
	c := newCloudTest(t)
	c.serving()
	c.aws.Do(func() {
		c.aws.Answers["DescribeTaskDefinition"] = `{"taskDefinition":{"containerDefinitions":[
			{"name":"migrate","image":"host/ecr-catalog-dev@` + newDigest + `"},{"name":"api","image":"host/ecr-catalog-dev@` + oldDigest + `"}]}}`
	})
	c.ends(c.call("rollback", "--aws"), exitFailed, "what ran before is another workload", "deploy --workload flask --image "+oldDigest)
	if n := c.aws.Called("UpdateStack"); n != 0 {
		t.Errorf("the stack was updated %d times", n)
	}
}
