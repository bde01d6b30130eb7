package template

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
)

// apiContainer takes the API's container out of an environment's task and
// answers the rest of the template's resources without it.
func apiContainer(t *testing.T, e *environment) (api, task map[string]any, others map[string]any) {
	t.Helper()
	id, definition := e.catalog.one(t, "AWS::ECS::TaskDefinition")
	task = maps.Clone(definition)
	containers := slices.Clone(task["ContainerDefinitions"].([]any))
	at := slices.IndexFunc(containers, func(c any) bool { return in(c, "Name") == "api" })
	api = containers[at].(map[string]any)
	task["ContainerDefinitions"] = slices.Delete(containers, at, at+1)
	others = map[string]any{}
	for name, resource := range e.catalog.Resources {
		if name != id {
			others[name] = resource
		}
	}
	return api, task, others
}

// TestS1_FlaskChangesTheAPIContainerAlone: the load balancer, the database, the
// roles, the alarms and the scaling of both workloads are the same ones, and so
// is all that is injected. Only what is our own image's is left out.
func TestS1_FlaskChangesTheAPIContainerAlone(t *testing.T) {
	t.Parallel()
	ours, task, others := apiContainer(t, dev)
	theirs, flaskTask, flaskOthers := apiContainer(t, flask)
	if !reflect.DeepEqual(others, flaskOthers) || !reflect.DeepEqual(dev.registry, flask.registry) {
		t.Error("another resource than the task definition depends on the workload")
	}
	want(t, nil, theirs, "HealthCheck")
	want(t, nil, theirs, "Command")
	want(t, nil, theirs, "EntryPoint")
	want(t, false, theirs, "ReadonlyRootFilesystem")
	environment := slices.DeleteFunc(slices.Clone(ours["Environment"].([]any)), func(v any) bool { return in(v, "Name") == "GOMEMLIMIT" || in(v, "Name") == "GOMAXPROCS" })
	want(t, environment, theirs, "Environment")
	for _, name := range []string{"HealthCheck", "ReadonlyRootFilesystem", "Environment"} {
		ours, theirs = without(ours, name), without(theirs, name)
	}
	if !reflect.DeepEqual(ours, theirs) {
		t.Errorf("the API's container is %s, and with Flask %s", asJSON(ours), asJSON(theirs))
	}
	withoutMigrationImage(task)
	withoutMigrationImage(flaskTask)
	if !reflect.DeepEqual(task, flaskTask) {
		t.Errorf("the rest of the task is %s, and with Flask %s", asJSON(task), asJSON(flaskTask))
	}
}

// TestS1_GoIsToldWhatTheTaskHas: one thread for half a vCPU, and nine tenths of
// the container's memory.
func TestS1_GoIsToldWhatTheTaskHas(t *testing.T) {
	t.Parallel()
	ours, _, _ := apiContainer(t, dev)
	values := map[any]any{}
	for _, v := range ours["Environment"].([]any) {
		values[in(v, "Name")] = in(v, "Value")
	}
	memory, _ := ours["Memory"].(float64)
	if want := fmt.Sprintf("%dMiB", int(memory)*9/10); values["GOMAXPROCS"] != "1" || values["GOMEMLIMIT"] != want {
		t.Errorf("GOMAXPROCS is %v and GOMEMLIMIT %v, want 1 and %s", values["GOMAXPROCS"], values["GOMEMLIMIT"], want)
	}
}

func without(object map[string]any, name string) map[string]any {
	rest := maps.Clone(object)
	delete(rest, name)
	return rest
}

func withoutMigrationImage(task map[string]any) {
	for i, c := range task["ContainerDefinitions"].([]any) {
		if in(c, "Name") == "migrate" {
			task["ContainerDefinitions"].([]any)[i] = without(c.(map[string]any), "Image")
		}
	}
}

// TestS1_FlaskIsMigratedByOurOwnImage, which therefore has to be named: the
// image that the API's container runs knows no migrate command.
func TestS1_FlaskIsMigratedByOurOwnImage(t *testing.T) {
	t.Parallel()
	_, task := flask.catalog.one(t, "AWS::ECS::TaskDefinition")
	for _, c := range task["ContainerDefinitions"].([]any) {
		switch in(c, "Name") {
		case "api":
			want(t, registryOf(flask)+"@${ImageDigest}", rendered(in(c, "Image")))
			want(t, "SUCCESS", byKey(in(c, "DependsOn"), "ContainerName", "Condition", "migrate"))
		case "migrate":
			want(t, registryOf(flask)+"@${MigrationImageDigest}", rendered(in(c, "Image")))
			want(t, []string{"migrate"}, c, "Command")
			want(t, true, c, "ReadonlyRootFilesystem")
		}
	}
	want(t, nil, flask.catalog.Parameters["MigrationImageDigest"], "Default")
	takesDigests(t, flask.catalog, "ImageDigest", false)
	takesDigests(t, flask.catalog, "MigrationImageDigest", false)
}

// TestChecklist15_FlaskIsPowerlessToo: no capability, a numeric user. Its root
// file system alone is not read-only, which docs/decisions/0026 explains.
func TestChecklist15_FlaskIsPowerlessToo(t *testing.T) {
	t.Parallel()
	api, _, _ := apiContainer(t, flask)
	want(t, "65532", api, "User")
	want(t, []string{"ALL"}, api, "LinuxParameters", "Capabilities", "Drop")
	want(t, true, api, "LinuxParameters", "InitProcessEnabled")
	want(t, nil, api, "Privileged")
}
