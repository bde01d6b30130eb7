package local

import (
	"time"
)

// ECS tells EventBridge what happens (AWS: "Amazon ECS events").
const (
	taskStateChange       = "ECS Task State Change"
	deploymentStateChange = "ECS Deployment State Change"
	serviceAction         = "ECS Service Action"
)

// taskChanged says what a task is like now.
func (s *service) taskChanged(t *task) {
	t.mu.Lock()
	last, desired := t.status, taskRunning
	if t.stopCode != "" {
		desired = taskStopped
		if t.status == taskStopping { // asked to stop, and still there
			last = taskRunning
		}
	}
	detail := map[string]any{
		"clusterArn": s.cluster.arnOf(), "taskArn": t.arn(), "taskDefinitionArn": t.definition.ref(), "group": "service:" + s.name(),
		"availabilityZone": t.place.Zone, "capacityProviderName": t.place.Provider, "launchType": "FARGATE",
		"lastStatus": last, "desiredStatus": desired, "createdAt": t.launched.UTC().Format(time.RFC3339Nano),
		"updatedAt": time.Now().UTC().Format(time.RFC3339Nano),
	}
	if t.stopCode != "" {
		detail["stopCode"], detail["stoppedReason"] = t.stopCode, t.reason
	}
	t.mu.Unlock()
	s.environment.emit(busEvent{Region: s.stack.Region, Source: "aws.ecs", DetailType: taskStateChange, Resources: []string{t.arn()}, Detail: detail})
}

// deploymentChanged says how a deployment goes.
func (s *service) deploymentChanged(d *deployment, name, reason string) {
	kind := "INFO"
	if name == "SERVICE_DEPLOYMENT_FAILED" {
		kind = "ERROR"
	}
	s.environment.emit(busEvent{Region: s.stack.Region, Source: "aws.ecs", DetailType: deploymentStateChange, Resources: []string{s.ref()}, Detail: map[string]any{
		"eventType": kind, "eventName": name, "deploymentId": d.id, "updatedAt": time.Now().UTC().Format(time.RFC3339Nano), "reason": reason,
	}})
}

// placementFailed says that a task found no place.
func (s *service) placementFailed(err error) {
	s.environment.emit(busEvent{Region: s.stack.Region, Source: "aws.ecs", DetailType: serviceAction, Resources: []string{s.ref()}, Detail: map[string]any{
		"eventType": "ERROR", "eventName": "SERVICE_TASK_PLACEMENT_FAILURE", "clusterArn": s.cluster.arnOf(),
		"reason": err.Error(), "createdAt": time.Now().UTC().Format(time.RFC3339Nano),
	}})
}

func (c *cluster) arnOf() string { return c.arn("ecs", "cluster/"+c.ref()) }

func (t *task) arn() string {
	return t.definition.arn("ecs", "task/"+t.revision.settings.cluster.ref()+"/"+t.id)
}
