package local

import (
	"net/http"
	"os"
	"slices"
	"testing"
)

func TestL2_X2_AnEnvironmentAnswersThroughItsLoadBalancer(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, nil)
	for path, want := range map[string]int{"/health": 200, "/api/pid": 200, "/api/nothing": 404, "/": 404, "/admin": 404} {
		code, body := p.ask(t, e, http.MethodGet, path)
		if code != want {
			t.Errorf("%s: %d, want %d", path, code, want)
		}
		if byDefault := body == "no such path"; byDefault != (path == "/" || path == "/admin") {
			t.Errorf("%s is answered with %q", path, body)
		}
	}
	pids := map[string]bool{}
	for range 4 {
		_, pid := p.ask(t, e, http.MethodGet, "/api/pid")
		pids[pid] = true
	}
	if len(pids) != 2 {
		t.Errorf("4 requests reached %d tasks, want both", len(pids))
	}
	outputs := e.Outputs()
	if outputs["ApiUrl"] != "http://"+outputs["AlbDnsName"]+"/api/v1" || outputs["ServiceName"] != "service-test" ||
		outputs["EcrRepositoryUri"] != "000000000000.dkr.ecr.ap-southeast-2.amazonaws.com/ecr-test" {
		t.Errorf("the outputs are %v", outputs)
	}
	if outputs["DashboardUrl"] != e.console.url() {
		t.Errorf("the dashboard is at %s: an address in AWS's console must become that of the local page", outputs["DashboardUrl"])
	}
}

// Two tasks at the first deployment: one on each provider, each in a zone.
func TestS2_C2_TwoTasksOverProvidersAndZones(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	status := p.up(t, nil).Status()
	if len(status.Services) != 1 || status.Services[0].Desired != 2 || status.Services[0].Running != 2 {
		t.Fatalf("the services are %+v", status.Services)
	}
	var places []string
	for _, task := range status.Services[0].Tasks {
		places = append(places, task.Provider+" "+task.Zone)
	}
	slices.Sort(places)
	if want := []string{"FARGATE ap-southeast-2b", "FARGATE_SPOT ap-southeast-2a"}; !slices.Equal(places, want) {
		t.Errorf("the tasks run on %q, want %q", places, want)
	}
}

// Without a count in the template, as in every deployment but the first, ECS
// starts one task.
func TestParametersReachTheService(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.options.Parameters = map[string]string{"InitialDeployment": "false"}
	e := p.up(t, nil)
	if got := e.Status().Services[0].Desired; got != 1 {
		t.Errorf("%d tasks are desired, want 1", got)
	}
	other := newPlace(t)
	other.options.Parameters = map[string]string{"InitialDeployment": "maybe"}
	_, err := Up(t.Context(), webAssembly(t, nil), other.options)
	wantError(t, err, "stack stack-catalog-test: parameter InitialDeployment", "must be one of true, false")
}

func TestRecordedAndUnknownTypes(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, edits{"Resources.Queue": `{"Type": "AWS::SQS::Queue", "Properties": {"Role": {"Fn::GetAtt": ["Role", "Arn"]}}}`})
	statuses := map[string]string{}
	for _, r := range e.Status().Resources {
		statuses[r.ID+" "+r.Type] = r.Status
	}
	for resource, want := range map[string]string{
		"Role AWS::IAM::Role": Recorded, "SubnetA AWS::EC2::Subnet": Recorded, "Repository AWS::ECR::Repository": CreateComplete,
		"Queue AWS::SQS::Queue": NotRun, "Service AWS::ECS::Service": CreateComplete, "Logs AWS::Logs::LogGroup": CreateComplete,
	} {
		if statuses[resource] != want {
			t.Errorf("%s is %q, want %s", resource, statuses[resource], want)
		}
	}
	if got := ids(p.eventsOf(NotRun)); !slices.Equal(got, []string{"Queue"}) {
		t.Errorf("NOT_RUN was said of %q", got)
	}
}

// What a service depends on must run: the error comes before anything is
// touched.
func TestAnUnknownTypeThatTheServiceNeeds(t *testing.T) {
	t.Parallel()
	for name, changes := range map[string]edits{
		"by name": {"Resources.Queue": `{"Type": "AWS::SQS::Queue"}`, "Resources.Service.DependsOn.3": `"Queue"`},
		"by way of another": {
			"Resources.Queue": `{"Type": "AWS::SQS::Queue"}`, api + "Environment": `[{"Name": "QUEUE", "Value": {"Fn::GetAtt": ["Queue", "Arn"]}}]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			_, err := Up(t.Context(), webAssembly(t, changes), p.options)
			wantError(t, err, "stack stack-catalog-test: the service Service depends on Queue of type AWS::SQS::Queue", "local/kinds.go")
			if _, err := os.Stat(p.options.StateDir); err == nil || len(p.events) != 0 {
				t.Errorf("something was touched: %v, %v", err, p.events)
			}
		})
	}
}

func TestAConditionLeavesResourcesAndOutputsOut(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, edits{
		"Conditions.Never":        `{"Fn::Not": [{"Condition": "IsInitialDeployment"}]}`,
		"Resources.Extra":         `{"Type": "AWS::Logs::LogGroup", "Condition": "Never"}`,
		"Outputs.ExtraName":       `{"Value": {"Ref": "Extra"}, "Condition": "Never"}`,
		"Outputs.InitialDelivery": `{"Value": "yes", "Condition": "IsInitialDeployment"}`,
	})
	if _, ok := e.Outputs()["ExtraName"]; ok || e.Outputs()["InitialDelivery"] != "yes" {
		t.Errorf("the outputs are %v", e.Outputs())
	}
	if slices.ContainsFunc(e.Status().Resources, func(r ResourceStatus) bool { return r.ID == "Extra" }) {
		t.Error("a resource whose condition does not hold was created")
	}
}

// G7: what was created goes in reverse order, and nothing stays.
func TestG2_G7_DownStopsInReverseOrderAndLeavesNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, nil)
	addresses := []string{e.front.Addr().String(), e.console.listener.Addr().String()}
	for _, task := range e.Status().Services[0].Tasks {
		addresses = append(addresses, task.Address)
	}
	p.down(t, e) // looks for processes and the lock
	for _, address := range addresses {
		assertClosed(t, address)
	}
	created, deleted := ids(p.eventsOf(CreateComplete)), ids(p.eventsOf(DeleteComplete))
	slices.Reverse(deleted)
	if !slices.Equal(created, deleted) {
		t.Errorf("created %q, and deleted the other way round %q", created, deleted)
	}
	if slices.Index(created, "Service") < slices.Index(created, "Rule") {
		t.Errorf("the service was created before its rule: %q", created)
	}
	if got := ids(p.eventsOf(TaskStopped)); len(got) != 2 {
		t.Errorf("tasks stopped: %q, want both", got)
	}
	again := p.up(t, nil) // the same folder takes another environment
	if code, _ := p.ask(t, again, http.MethodGet, "/health"); code != 200 {
		t.Errorf("the second run answers %d", code)
	}
}

// A resource that fails takes down what was created before it.
func TestG7_AFailedCreationIsRolledBack(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.fail(t, edits{"Resources.Rule.Properties.Conditions": `[{"Field": "weather", "Values": ["rain"]}]`},
		"stack stack-catalog-test: Rule (AWS::ElasticLoadBalancingV2::ListenerRule): its condition on weather is not known")
	created, deleted := ids(p.eventsOf(CreateComplete)), ids(p.eventsOf(DeleteComplete))
	slices.Reverse(deleted)
	if len(created) == 0 || !slices.Equal(created, deleted) {
		t.Errorf("created %q, deleted %q", created, deleted)
	}
	if got := ids(p.eventsOf(CreateFailed)); !slices.Equal(got, []string{"Rule"}) {
		t.Errorf("CREATE_FAILED was said of %q", got)
	}
}
