package lib

import (
	"fmt"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/jsii-runtime-go"

	"catalog/lib/settings"
)

// runs makes the API's container fit what runs in it (S1). What a workload
// cannot choose, its port, its variables and its user, is the same for all.
func (c containers) runs(options *awsecs.ContainerDefinitionOptions, memory int) {
	switch c.config.Workload {
	case settings.WorkloadFlask:
		foreign(options)
	default:
		native(options, c.config.TaskCPU, memory)
	}
}

// unitsPerVCPU are the CPU units of a vCPU (AWS: "Amazon ECS task size").
const unitsPerVCPU = 1024

// native is for our own image, of which we know what is in it.
func native(options *awsecs.ContainerDefinitionOptions, cpu, memory int) {
	// Go sees the machine's processors, or two where a container has less. More
	// threads than the task has vCPUs only pass work to and fro: with one, a
	// request of half a vCPU's task took a sixth less CPU (docs/decisions/0028).
	(*options.Environment)["GOMAXPROCS"] = jsii.String(strconv.Itoa((cpu + unitsPerVCPU - 1) / unitsPerVCPU))
	// A tenth of the memory stays free for what the Go heap does not count.
	(*options.Environment)["GOMEMLIMIT"] = jsii.String(fmt.Sprintf("%dMiB", memory*9/10))
	options.HealthCheck = healthCheck("/catalog", "healthcheck")
	options.HealthCheck.StartPeriod = awscdk.Duration_Seconds(jsii.Number(30))
}

// foreign is for an image of another make, of which we know only that it keeps
// the contract. It has no program of ours to check itself with, so the load
// balancer's check of /health stands alone. And it may write where it likes:
// gunicorn's workers and many others do, to /tmp. Its files end with the task,
// and the rest of the hardening holds for it too (docs/decisions/0026).
func foreign(options *awsecs.ContainerDefinitionOptions) {
	options.ReadonlyRootFilesystem = jsii.Bool(false)
}

// explainWorkload says beside the task what foreign gives up.
func explainWorkload(definition awsecs.FargateTaskDefinition, config settings.Config) {
	if config.Workload == settings.WorkloadFlask {
		explainGuard(definition, "CT.ECS.PR.6", "an image of another make writes to its own /tmp, and Fargate has no tmpfs (docs/decisions/0026)")
	}
}
