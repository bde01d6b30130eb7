package local

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// taskDefinition says which containers a task has.
type taskDefinition struct {
	declared
	props       taskProperties
	environment *Environment
	images      map[string]Image // by container; absent where this machine has none
	order       []string         // containers, each behind those it depends on
	revision    int              // of the family, from 1
}

type taskProperties struct {
	Family               string
	Cpu, Memory          number // CPU units (1024 are one vCPU) and MiB
	ContainerDefinitions []containerDefinition
}

type containerDefinition struct {
	Name             string
	Image            string
	Cpu, Memory      number // CPU units and MiB
	Essential        *bool
	EntryPoint       []string
	Command          []string
	Environment      []struct{ Name, Value string }
	Secrets          []containerSecret
	PortMappings     []struct{ ContainerPort number }
	DependsOn        []struct{ ContainerName, Condition string }
	HealthCheck      *containerHealthCheck
	StopTimeout      number
	LogConfiguration *struct {
		LogDriver string
		Options   map[string]string
	}
}

type containerSecret struct{ Name, ValueFrom string }

// containerHealthCheck is in seconds; ECS's defaults stand in withDefaults.
type containerHealthCheck struct {
	Command                                 []string
	Interval, Timeout, Retries, StartPeriod number
}

func (c containerDefinition) isEssential() bool { return c.Essential == nil || *c.Essential }

func newTaskDefinition(e *Environment, d declared) (runner, error) {
	t := &taskDefinition{declared: d, environment: e, images: map[string]Image{}}
	if err := d.decode(&t.props); err != nil {
		return nil, err
	}
	needs := map[string][]string{}
	for _, c := range t.props.ContainerDefinitions {
		if err := t.addContainer(c); err != nil {
			return nil, fmt.Errorf("container %s: %w", c.Name, err)
		}
		needs[c.Name] = nil
		for _, dependency := range c.DependsOn {
			needs[c.Name] = append(needs[c.Name], dependency.ContainerName)
		}
	}
	var err error
	if t.order, err = inOrder(needs); err != nil {
		return nil, fmt.Errorf("its containers: %w", err)
	}
	t.revision = e.nextRevision(t.props.Family)
	return t, nil
}

func (t *taskDefinition) addContainer(c containerDefinition) error {
	image, err := t.environment.image(c.Image)
	switch {
	case errors.Is(err, errNoImage) && c.isEssential():
		return fmt.Errorf("the image %s is not on this machine, and the task cannot do without it", c.Image)
	case errors.Is(err, errNoImage):
		t.environment.report(Event{
			Stack: t.stack.Name, ID: t.id + "/" + c.Name, Type: "container", Status: NotRun,
			Detail: "the image " + c.Image + " is not on this machine and not essential",
		})
		return nil
	case err != nil:
		return err
	}
	if c.StopTimeout > maxStopTimeout {
		return fmt.Errorf("its StopTimeout is %v seconds: Fargate takes up to %d", c.StopTimeout, maxStopTimeout)
	}
	if _, err := image.argv(c.EntryPoint, c.Command); err != nil {
		return err
	}
	t.images[c.Name] = image
	if c.HealthCheck != nil {
		if _, err := image.healthCommand(c.HealthCheck.Command); err != nil {
			return err
		}
	}
	if log := c.LogConfiguration; log != nil {
		if log.LogDriver != "awslogs" {
			return fmt.Errorf("its log driver is %s: the local place has awslogs", log.LogDriver)
		}
		if _, err := find[*logGroup](t.environment, log.Options["awslogs-group"]); err != nil {
			return err
		}
	}
	for _, v := range c.Environment { // ECS refuses it too
		if slices.ContainsFunc(c.Secrets, func(s containerSecret) bool { return s.Name == v.Name }) {
			return fmt.Errorf("its variable %s is in Environment and in Secrets: remove it from one of them", v.Name)
		}
	}
	// A secret or key that does not exist is found now, not in each task.
	_, err = t.secrets(c)
	return err
}

// secrets reads a container's secrets. A reference is
// arn:…:secret:name:key:stage:version, the last two empty.
func (t *taskDefinition) secrets(c containerDefinition) (map[string]string, error) {
	values := map[string]string{}
	for _, s := range c.Secrets {
		_, rest, ok := strings.Cut(s.ValueFrom, ":secret:")
		fields := strings.Split(rest, ":")
		if !ok || len(fields) < 2 || fields[1] == "" {
			return nil, fmt.Errorf("its secret %s is %q, which names no key of a secret: it must be arn:…:secret:name:key:: with the key in it", s.Name, s.ValueFrom)
		}
		value, err := t.environment.secrets.value(fields[0], fields[1])
		if err != nil {
			return nil, fmt.Errorf("its secret %s: %w", s.Name, err)
		}
		values[s.Name] = value
	}
	return values, nil
}

// variables are a container's environment: what the image says, over it what
// the template says, the secrets, and what this place adds because a task has no network interface
// and no trust store of its own.
func (t *taskDefinition) variables(c containerDefinition, additions map[string]string) ([]string, error) {
	values, err := t.secrets(c)
	if err != nil {
		return nil, err
	}
	for _, v := range c.Environment {
		values[v.Name] = v.Value
	}
	for _, v := range t.images[c.Name].Env {
		name, value, _ := strings.Cut(v, "=")
		if _, ok := values[name]; !ok {
			values[name] = value
		}
	}
	maps.Copy(values, additions)
	var list []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		list = append(list, name+"="+values[name])
	}
	return list, nil
}

func (t *taskDefinition) container(name string) containerDefinition {
	i := slices.IndexFunc(t.props.ContainerDefinitions, func(c containerDefinition) bool { return c.Name == name })
	return t.props.ContainerDefinitions[i]
}

func (t *taskDefinition) start(context.Context) error { return nil }
func (t *taskDefinition) stop(context.Context) error  { return nil }

func (t *taskDefinition) ref() string { return t.arn("ecs", "task-definition/"+t.name()) }

// name is family:revision.
func (t *taskDefinition) name() string { return t.props.Family + ":" + strconv.Itoa(t.revision) }

// release names the images of the containers that the load balancer reaches,
// by the beginning of their digests.
func (t *taskDefinition) release() string {
	for _, c := range t.props.ContainerDefinitions {
		if _, digest, ok := strings.Cut(c.Image, "@"); ok && len(c.PortMappings) > 0 {
			return "image " + digest[:min(len(digest), len("sha256:")+12)]
		}
	}
	return ""
}

func (t *taskDefinition) attribute(name string) (string, bool) {
	return t.ref(), name == "TaskDefinitionArn"
}
