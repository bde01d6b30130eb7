package cloud

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Container names of a task (lib/containers.go).
const (
	apiContainer       = "api"
	migrationContainer = "migrate"
)

// Service is the ECS service of an environment.
type Service struct {
	Name        string              `json:"name"`
	Status      string              `json:"status"`
	Desired     int                 `json:"desired"`
	Running     int                 `json:"running"`
	Pending     int                 `json:"pending"`
	Tasks       []Task              `json:"tasks"`
	Deployments []ServiceDeployment `json:"deployments"` // the newest first
}

// Task is one that runs or starts.
type Task struct {
	ID       string    `json:"id"`
	Status   string    `json:"status"`
	Health   string    `json:"health"`
	Zone     string    `json:"zone"`
	Provider string    `json:"provider"`
	Revision string    `json:"revision"` // of the task definition
	Digest   string    `json:"digest"`   // of the API's image
	images   []string  // of all its containers, by digest
	Address  string    `json:"address"`
	Started  time.Time `json:"started"`
}

// ServiceDeployment is a blue/green deployment.
type ServiceDeployment struct {
	ID       string    `json:"id"`
	ARN      string    `json:"arn"`
	Status   string    `json:"status"`
	Stage    string    `json:"stage,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished,omitzero"`
	revision string
}

// UnderWay says whether it may still be taken back.
func (d ServiceDeployment) UnderWay() bool {
	return slices.Contains([]string{"PENDING", "IN_PROGRESS"}, d.Status)
}

// Service reads the service, its tasks and its last deployments. One that does
// not exist has no status.
func (a *Account) Service(ctx context.Context, suffix string) (Service, error) {
	n := names{suffix}
	client := ecs.NewFromConfig(a.config)
	out, err := client.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: aws.String(n.cluster()), Services: []string{n.service()}})
	if hasCode(err, "ClusterNotFound") || err == nil && (len(out.Services) == 0 || aws.ToString(out.Services[0].Status) == "INACTIVE") {
		return Service{Name: n.service()}, nil
	}
	if err != nil {
		return Service{}, explain("the service "+n.service()+" cannot be read", err)
	}
	found := out.Services[0]
	s := Service{
		Name: n.service(), Status: aws.ToString(found.Status),
		Desired: int(found.DesiredCount), Running: int(found.RunningCount), Pending: int(found.PendingCount),
	}
	if s.Tasks, err = readTasks(ctx, client, n); err != nil {
		return Service{}, explain("the tasks of "+n.service()+" cannot be read", err)
	}
	if s.Deployments, err = readDeployments(ctx, client, n); err != nil {
		return Service{}, explain("the deployments of "+n.service()+" cannot be read", err)
	}
	return s, nil
}

// Digests are those of the images of the tasks' containers: each new task
// pulls them all, the migration's too.
func (s Service) Digests() []string {
	var all []string
	for _, task := range s.Tasks {
		all = append(all, task.images...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func readTasks(ctx context.Context, client *ecs.Client, n names) ([]Task, error) {
	var all []Task
	pages := ecs.NewListTasksPaginator(client, &ecs.ListTasksInput{Cluster: aws.String(n.cluster()), ServiceName: aws.String(n.service())})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		if len(page.TaskArns) == 0 {
			continue
		}
		out, err := client.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: aws.String(n.cluster()), Tasks: page.TaskArns})
		if err != nil {
			return nil, err
		}
		for _, task := range out.Tasks {
			all = append(all, newTask(task))
		}
	}
	slices.SortFunc(all, func(x, y Task) int { return strings.Compare(x.ID, y.ID) })
	return all, nil
}

func newTask(task types.Task) Task {
	t := Task{
		ID: lastSegment(aws.ToString(task.TaskArn)), Status: aws.ToString(task.LastStatus), Health: string(task.HealthStatus),
		Zone: aws.ToString(task.AvailabilityZone), Provider: aws.ToString(task.CapacityProviderName),
		Revision: lastSegment(aws.ToString(task.TaskDefinitionArn)), Started: aws.ToTime(task.StartedAt),
	}
	for _, container := range task.Containers {
		if digest := aws.ToString(container.ImageDigest); digest != "" {
			t.images = append(t.images, digest)
		}
		if aws.ToString(container.Name) != apiContainer {
			continue
		}
		t.Digest = aws.ToString(container.ImageDigest)
		for _, network := range container.NetworkInterfaces {
			t.Address = aws.ToString(network.PrivateIpv4Address)
		}
	}
	return t
}

// shownDeployments is how far back a reader looks.
const shownDeployments = 10

// readDeployments lists the last ones (AWS: "View service history using Amazon
// ECS service deployments").
func readDeployments(ctx context.Context, client *ecs.Client, n names) ([]ServiceDeployment, error) {
	listed, err := client.ListServiceDeployments(ctx, &ecs.ListServiceDeploymentsInput{
		Cluster: aws.String(n.cluster()), Service: aws.String(n.service()), MaxResults: aws.Int32(shownDeployments),
	})
	if err != nil || len(listed.ServiceDeployments) == 0 {
		return nil, err
	}
	var arns []string
	for _, brief := range listed.ServiceDeployments {
		arns = append(arns, aws.ToString(brief.ServiceDeploymentArn))
	}
	out, err := client.DescribeServiceDeployments(ctx, &ecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: arns})
	if err != nil {
		return nil, err
	}
	var all []ServiceDeployment
	for _, d := range out.ServiceDeployments {
		one := ServiceDeployment{
			ARN: aws.ToString(d.ServiceDeploymentArn), ID: lastSegment(aws.ToString(d.ServiceDeploymentArn)),
			Status: string(d.Status), Stage: string(d.LifecycleStage), Reason: aws.ToString(d.StatusReason),
			Started: aws.ToTime(d.CreatedAt), Finished: aws.ToTime(d.FinishedAt),
		}
		if d.TargetServiceRevision != nil {
			one.revision = aws.ToString(d.TargetServiceRevision.Arn)
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(x, y ServiceDeployment) int { return y.Started.Compare(x.Started) })
	return all, nil
}

// lastSegment is what an ARN ends with.
func lastSegment(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
