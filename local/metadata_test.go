package local

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// O2: SDKs and agents ask the endpoint which task they run in.
func TestI5_TheTaskMetadataEndpoint(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, edits{
		"Resources.Task.Properties.Cpu": `"512"`, "Resources.Task.Properties.Memory": `"1024"`,
		api + "Cpu": `384`, api + "Memory": `640`, "Resources.Service.Properties.DesiredCount": `1`,
	})
	running := e.Status().Services[0].Tasks[0]
	_, body := p.ask(t, e, http.MethodGet, "/api/environment")
	var environment []string
	if err := json.Unmarshal([]byte(body), &environment); err != nil {
		t.Fatal(err)
	}
	uri := ""
	for _, v := range environment {
		if value, ok := strings.CutPrefix(v, envMetadataURI+"="); ok {
			uri = value
		}
	}
	var container containerMetadata
	p.decode(t, uri, &container)
	if container.Name != "api" || container.KnownStatus != "RUNNING" || container.Limits.CPU != 384 || container.Limits.Memory != 640 ||
		container.Labels["com.amazonaws.ecs.task-definition-family"] != "task-test" || container.LogDriver != "awslogs" {
		t.Errorf("the container is %+v", container)
	}
	var task taskMetadata
	p.decode(t, uri+"/task", &task)
	if !strings.HasSuffix(task.TaskARN, "task/cluster-test/"+running.ID) || task.Family != "task-test" || task.Revision != "1" ||
		task.AvailabilityZone != running.Zone || task.Limits.CPU != 0.5 || task.Limits.Memory != 1024 || len(task.Containers) != 1 ||
		task.ServiceName != "service-test" || task.LaunchType != "FARGATE" {
		t.Errorf("the task is %+v", task)
	}
	var stats containerStats
	p.decode(t, uri+"/stats", &stats)
	if stats.Memory.Limit != 640<<20 {
		t.Errorf("the stats are %+v", stats)
	}
	if code, _ := p.fetch(t, http.MethodGet, strings.TrimRight(uri, "0123456789")+"0"); code != http.StatusNotFound {
		t.Errorf("another container's path answers %d", code)
	}
}

func (p *place) decode(t *testing.T, url string, v any) {
	t.Helper()
	code, body := p.fetch(t, http.MethodGet, url)
	if code != http.StatusOK {
		t.Fatalf("%s answers %d: %s", url, code, body)
	}
	if err := json.Unmarshal([]byte(body), v); err != nil {
		t.Fatal(err)
	}
}
