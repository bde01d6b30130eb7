package local

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// interruptionRule is lib's rule about Spot.
func interruptionRule(changes edits) edits {
	changes["Resources.Topic"] = `{"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "topic-alarms-test"}}`
	changes["Resources.Interrupted"] = `{"Type": "AWS::Events::Rule", "Properties": {
		"EventPattern": {"source": ["aws.ecs"], "detail-type": ["ECS Task State Change"], "detail": {
			"clusterArn": [{"Fn::Join": ["", ["arn:aws:ecs:ap-southeast-2:", {"Ref": "AWS::AccountId"}, ":cluster/cluster-test"]]}],
			"lastStatus": ["STOPPED"], "stopCode": ["SpotInterruption"]}},
		"Targets": [{"Arn": {"Ref": "Topic"}, "Id": "topic", "InputTransformer": {
			"InputPathsMap": {"detail": "$.detail"}, "InputTemplate": "{\"message\": \"Spot took a task back\", \"detail\": <detail>}"}}]}}`
	return changes
}

func TestC2_ASpotReclaimFailsNoRequest(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, interruptionRule(edits{"Resources.Service.Properties.DesiredCount": `4`}))
	s := p.stream(t, e)
	before := e.Status().Services[0].Tasks
	spot := before[slices.IndexFunc(before, func(t TaskStatus) bool { return t.Provider == spotProvider })]
	warned, err := e.Reclaim(spot.ID[:10], false)
	if err != nil || !slices.Equal(warned, []string{spot.ID}) {
		t.Fatalf("warned %q, %v, want %s", warned, err, spot.ID)
	}
	status := p.awaitStatus(t, e, "four tasks without the reclaimed one", func(s Status) bool {
		return s.Services[0].Running == 4 && !slices.ContainsFunc(s.Services[0].Tasks, func(t TaskStatus) bool { return t.ID == spot.ID }) && servingTargets(e) == 4
	})
	s.end(t, 2)
	if len(status.Notifications) != 1 {
		t.Fatalf("the notifications are %+v, want one", status.Notifications)
	}
	var sent struct {
		Message string
		Detail  struct{ StopCode, TaskArn, StoppedReason string }
	}
	n := status.Notifications[0]
	if err := json.Unmarshal([]byte(n.Message), &sent); err != nil || sent.Message != "Spot took a task back" ||
		sent.Detail.StopCode != "SpotInterruption" || !strings.HasSuffix(sent.Detail.TaskArn, spot.ID) || n.Topic != "topic-alarms-test" {
		t.Errorf("the notification is %+v, %v", n, err)
	}
}

// The on-demand base survives a storm.
func TestC2_AStormLeavesTheTasksOnDemand(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, edits{"Resources.Service.Properties.DesiredCount": `6`})
	s := p.stream(t, e)
	spared := map[string]bool{}
	for _, task := range e.Status().Services[0].Tasks {
		if task.Provider != spotProvider {
			spared[task.ID] = true
		}
	}
	warned, err := e.Reclaim("", true)
	if err != nil || len(warned) != 4 || len(spared) != 2 {
		t.Fatalf("%d warned and %d spared, %v, want 4 and 2 of 6", len(warned), len(spared), err)
	}
	status := p.awaitStatus(t, e, "six tasks again", func(s Status) bool {
		return len(s.Services[0].Tasks) == 6 && s.Services[0].Running == 6 && servingTargets(e) == 6
	})
	s.end(t, 2)
	for _, task := range status.Services[0].Tasks {
		delete(spared, task.ID)
		if slices.Contains(warned, task.ID) {
			t.Errorf("task %s runs still", task.ID)
		}
	}
	if len(spared) != 0 {
		t.Errorf("tasks on demand went: %v", spared)
	}
}

func TestC2_WhatCannotBeReclaimed(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, nil)
	tasks := e.Status().Services[0].Tasks
	base := tasks[slices.IndexFunc(tasks, func(t TaskStatus) bool { return t.Provider == "FARGATE" })]
	for _, c := range []struct {
		task  string
		storm bool
		want  string
	}{
		{base.ID, false, "runs on FARGATE: only tasks on FARGATE_SPOT are reclaimed"},
		{"ffff0000ffff", false, "no task that runs has an id like ffff0000ffff"},
		{base.ID, true, "a storm takes every Spot task"},
	} {
		if _, err := e.Reclaim(c.task, c.storm); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("reclaiming %q: %v, want %q", c.task, err, c.want)
		}
	}
	if code, _ := p.ask(t, e, http.MethodGet, "/health"); code != 200 {
		t.Errorf("it answers %d", code)
	}
}

// The target goes before the SIGTERM, and the kill comes after stopTimeout.
func TestC2_TheOrderOfAReclaim(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	changes := draining()
	changes[api+"StopTimeout"] = `1`
	e := p.up(t, changes)
	warned, err := e.Reclaim("", false)
	if err != nil || len(warned) != 1 {
		t.Fatal(warned, err)
	}
	for _, group := range e.Status().TargetGroups {
		for _, target := range group.Targets {
			for _, task := range e.Status().Services[0].Tasks {
				if task.ID == warned[0] && task.Address == target.Address && target.Health == targetHealthy {
					t.Error("its target takes requests still")
				}
			}
		}
	}
	p.awaitStatus(t, e, "the task was killed", func(Status) bool { return len(p.eventsOf(TaskStopped)) == 1 })
	reclaimed, stopped := p.eventsOf(TaskReclaimed)[0], p.eventsOf(TaskStopped)[0]
	if took := stopped.Time.Sub(reclaimed.Time); took < time.Second || took > 10*time.Second {
		t.Errorf("it was killed after %v, want its stopTimeout of a second", took)
	}
	if !strings.Contains(stopped.Detail, "Your Spot Task was interrupted.") {
		t.Errorf("it stopped with %+v", stopped)
	}
}

// A2, A3: from six tasks to two, as scaling in does it.
func TestA3_ScaleInFailsNoRequest(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, edits{"Resources.Service.Properties.DesiredCount": `6`})
	s := p.stream(t, e)
	all[*service](e)[0].setDesired(2)
	status := p.awaitStatus(t, e, "two tasks are left", func(s Status) bool { return len(s.Services[0].Tasks) == 2 })
	s.end(t, 2)
	places := map[string]int{}
	for _, task := range status.Services[0].Tasks {
		places[task.Provider]++
		places[task.Zone]++
	}
	want := map[string]int{"FARGATE": 1, "FARGATE_SPOT": 1, "ap-southeast-2a": 1, "ap-southeast-2b": 1}
	for place, n := range want {
		if places[place] != n {
			t.Errorf("the tasks left are on %v, want %v", places, want)
			break
		}
	}
}
