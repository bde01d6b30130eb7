package standin

import (
	"net/http"
	"slices"
	"strings"
)

// Deploys is what the CDK and CloudFormation do together when all goes well.
func (a *AWS) Deploys(_ *http.Request, args []string) (code int, output string) {
	a.Do(func() {
		name := args[1]
		switch args[0] {
		case "deploy":
			if slices.Contains(args, "prepare-change-set") {
				return
			}
			a.Change(name, "COMPLETE", ParametersOf(args), Event{"Service", "AWS::ECS::Service", "CREATE_COMPLETE", ""})
		case "destroy":
			delete(a.Stacks, name)
		}
	})
	return 0, ""
}

// Change takes a stack to another state with what happened on the way. The
// lock is held.
func (a *AWS) Change(name, state string, parameters map[string]string, events ...Event) *Stack {
	stack, what := a.Stacks[name], "UPDATE_"
	if stack == nil {
		stack, what = &Stack{Name: name, Outputs: a.outputs(name)}, "CREATE_"
		a.Stacks[name] = stack
	}
	stack.Parameters = parameters
	stack.Events = append(stack.Events, Event{name, "AWS::CloudFormation::Stack", what + "IN_PROGRESS", "User Initiated"})
	stack.Events = append(stack.Events, events...)
	stack.Status = what + state
	stack.Events = append(stack.Events, Event{name, "AWS::CloudFormation::Stack", stack.Status, ""})
	return stack
}

func (a *AWS) outputs(name string) map[string]string {
	_, rest, _ := strings.Cut(name, "stack-")
	kind, suffix, _ := strings.Cut(rest, "-")
	address := strings.TrimPrefix(a.URL, "http://")
	if kind == "registry" {
		return map[string]string{"EcrRepositoryUri": address + "/ecr-catalog-" + suffix}
	}
	return map[string]string{
		"AlbDnsName": address, "ApiUrl": a.URL + "/api/v1", "DashboardUrl": "https://console.example/" + suffix,
		"ClusterName": "cluster-catalog-" + suffix, "ServiceName": "service-catalog-" + suffix,
	}
}

// ParametersOf reads the stack parameters of a cdk deploy.
func ParametersOf(args []string) map[string]string {
	all := map[string]string{}
	for i, arg := range args {
		if arg != "--parameters" || i+1 == len(args) {
			continue
		}
		_, pair, _ := strings.Cut(args[i+1], ":")
		key, value, _ := strings.Cut(pair, "=")
		all[key] = value
	}
	return all
}
