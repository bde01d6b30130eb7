package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"

	"catalog/lib/settings"
)

// taskInputs is what a task definition takes from the rest of the stack.
type taskInputs struct {
	database  database
	apiSecret awssecretsmanager.ISecret
	images    images
	logging   logs
}

// task is the task definition and the policies that must stand before it runs.
type task struct {
	definition awsecs.FargateTaskDefinition
	policies   []awsiam.Policy
}

// newTask declares the task (S1): migrations first, which end at once when
// there is nothing to do, then the API, with the collector beside them (O2).
func newTask(stack awscdk.Stack, config settings.Config, in taskInputs) task {
	groups := map[string]awslogs.LogGroup{}
	var groupARNs []*string
	for _, container := range []string{apiContainer, migrationContainer, tracingContainer} {
		groups[container] = in.logging.group(container)
		groupARNs = append(groupARNs, groups[container].LogGroupArn())
	}
	executionRole, executionPolicy := newExecutionRole(stack, config, groupARNs,
		[]*string{in.database.secret.SecretArn(), in.apiSecret.SecretArn()})
	taskRole, taskPolicy := newTaskRole(stack, config, in.logging.key)
	definition := awsecs.NewFargateTaskDefinition(stack, jsii.String("TaskDefinition"), &awsecs.FargateTaskDefinitionProps{
		Family:         jsii.String(config.Name("task", "catalog")),
		Cpu:            jsii.Number(config.TaskCPU),
		MemoryLimitMiB: jsii.Number(config.TaskMemory),
		ExecutionRole:  executionRole,
		TaskRole:       taskRole,
		RuntimePlatform: &awsecs.RuntimePlatform{
			CpuArchitecture:       awsecs.CpuArchitecture_X86_64(),
			OperatingSystemFamily: awsecs.OperatingSystemFamily_LINUX(),
		},
	})
	c := containers{scope: stack, config: config, in: in, groups: groups}
	collector := definition.AddContainer(jsii.String(tracingContainer), c.collector())
	migration := definition.AddContainer(jsii.String(migrationContainer), c.migration())
	api := definition.AddContainer(jsii.String(apiContainer), c.api())
	api.AddContainerDependencies(
		&awsecs.ContainerDependency{Container: migration, Condition: awsecs.ContainerDependencyCondition_SUCCESS},
		// START, not HEALTHY: tracing that is late must not keep the API down.
		&awsecs.ContainerDependency{Container: collector, Condition: awsecs.ContainerDependencyCondition_START},
	)
	definition.SetDefaultContainer(api)
	explainWorkload(definition, config)
	explain(definition, "AwsSolutions-ECS2", "environment variables hold settings; secrets come from Secrets Manager (D4)")
	return task{definition, []awsiam.Policy{executionPolicy, taskPolicy}}
}
