package lib

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecr"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"catalog/contract"
)

// Container names, as operators see them in logs and metrics.
const (
	apiContainer       = "api"
	migrationContainer = "migrate"
	tracingContainer   = "otel-collector"
)

// Shares of a task: the collector and the migration get fixed ones, the API
// the rest. The API's share is reserved for it explicitly because the Go
// runtime sizes itself by its container's cgroup, not by the task's.
const (
	collectorCPU, collectorMemory = 64, 256
	migrationCPU, migrationMemory = 64, 128
	// stopTimeout covers the drain (drainDelay) and the shutdown after it.
	stopTimeoutSeconds = 60
	// nonRootUser is what our image runs as: numeric, so that it needs no
	// passwd file.
	nonRootUser = "65532"
)

// taskInputs is what a task definition takes from the rest of the stack.
type taskInputs struct {
	database database
	digest   string
}

// newTaskDefinition declares the task (S1): migrations first, once per task
// definition's start and harmless when there is nothing to do, then the API,
// with the collector beside them (O2).
func newTaskDefinition(scope constructs.Construct, config Config, in taskInputs) awsecs.FargateTaskDefinition {
	repository := awsecr.Repository_FromRepositoryName(scope, jsii.String("Repository"), jsii.String(repositoryName(config)))
	task := awsecs.NewFargateTaskDefinition(scope, jsii.String("TaskDefinition"), &awsecs.FargateTaskDefinitionProps{
		Family:         jsii.String(config.Name("task", "catalog")),
		Cpu:            jsii.Number(config.TaskCPU),
		MemoryLimitMiB: jsii.Number(config.TaskMemory),
		ExecutionRole:  newTaskRole(scope, config, "execution"),
		TaskRole:       newTaskRole(scope, config, "task"),
	})
	// A reference by digest through the parameter: the same template for
	// every release, and the running image cannot be another one.
	image := awsecs.ContainerImage_FromRegistry(jsii.String(*repository.RepositoryUri()+"@"+in.digest), nil)
	repository.GrantPull(task.ObtainExecutionRole())

	collector := task.AddContainer(jsii.String(tracingContainer), collectorOptions(scope, config))
	migration := task.AddContainer(jsii.String(migrationContainer), migrationOptions(scope, config, image, in))
	api := task.AddContainer(jsii.String(apiContainer), apiOptions(scope, config, image, in))
	api.AddContainerDependencies(
		&awsecs.ContainerDependency{Container: migration, Condition: awsecs.ContainerDependencyCondition_SUCCESS},
		// START, not HEALTHY: tracing that is late must not keep the API down.
		&awsecs.ContainerDependency{Container: collector, Condition: awsecs.ContainerDependencyCondition_START},
	)
	task.SetDefaultContainer(api)
	grantTracing(task.TaskRole())
	return task
}

func apiOptions(scope constructs.Construct, config Config, image awsecs.ContainerImage, in taskInputs) *awsecs.ContainerDefinitionOptions {
	memory := config.TaskMemory - collectorMemory - migrationMemory
	secrets := databaseSecrets(in.database)
	secrets[contract.EnvAPIWriteToken] = awsecs.Secret_FromSecretsManager(
		awssecretsmanager.Secret_FromSecretNameV2(scope, jsii.String("ApiSecret"), jsii.String(contract.APISecretName(config.Suffix))),
		jsii.String(contract.SecretKeyWriteToken))
	return &awsecs.ContainerDefinitionOptions{
		Image:          image,
		Essential:      jsii.Bool(true),
		Cpu:            jsii.Number(config.TaskCPU - collectorCPU - migrationCPU),
		MemoryLimitMiB: jsii.Number(memory),
		PortMappings:   &[]*awsecs.PortMapping{{ContainerPort: jsii.Number(contract.Port)}},
		Environment: &map[string]*string{
			contract.EnvPort:         jsii.String(fmt.Sprint(contract.Port)),
			contract.EnvSuffix:       jsii.String(config.Suffix),
			contract.EnvLogLevel:     jsii.String(config.LogLevel),
			contract.EnvDrainDelay:   jsii.String(fmt.Sprintf("%ds", drainDelaySeconds)),
			contract.EnvOTLPEndpoint: jsii.String(otlpEndpoint),
			contract.EnvOTelService:  jsii.String("catalog"),
			contract.EnvXRayDaemon:   jsii.String(xrayEndpoint),
			// A tenth of the memory stays free for what the Go heap does not count.
			"GOMEMLIMIT": jsii.String(fmt.Sprintf("%dMiB", memory*9/10)),
		},
		Secrets: &secrets,
		HealthCheck: &awsecs.HealthCheck{
			Command:     jsii.Strings("CMD", "/catalog", "healthcheck"),
			Interval:    awscdk.Duration_Seconds(jsii.Number(30)),
			Timeout:     awscdk.Duration_Seconds(jsii.Number(5)),
			Retries:     jsii.Number(3),
			StartPeriod: awscdk.Duration_Seconds(jsii.Number(30)),
		},
		StopTimeout:            awscdk.Duration_Seconds(jsii.Number(stopTimeoutSeconds)),
		Logging:                newLogDriver(scope, config, apiContainer),
		LinuxParameters:        leastPrivilege(scope, apiContainer),
		ReadonlyRootFilesystem: jsii.Bool(true),
		User:                   jsii.String(nonRootUser),
	}
}

func migrationOptions(scope constructs.Construct, config Config, image awsecs.ContainerImage, in taskInputs) *awsecs.ContainerDefinitionOptions {
	secrets := databaseSecrets(in.database)
	return &awsecs.ContainerDefinitionOptions{
		Image:          image,
		Command:        jsii.Strings("migrate"),
		Essential:      jsii.Bool(false),
		Cpu:            jsii.Number(migrationCPU),
		MemoryLimitMiB: jsii.Number(migrationMemory),
		Environment: &map[string]*string{
			contract.EnvSuffix:   jsii.String(config.Suffix),
			contract.EnvLogLevel: jsii.String(config.LogLevel),
		},
		Secrets:                &secrets,
		Logging:                newLogDriver(scope, config, migrationContainer),
		LinuxParameters:        leastPrivilege(scope, migrationContainer),
		ReadonlyRootFilesystem: jsii.Bool(true),
		User:                   jsii.String(nonRootUser),
	}
}

func collectorOptions(scope constructs.Construct, config Config) *awsecs.ContainerDefinitionOptions {
	return &awsecs.ContainerDefinitionOptions{
		Image: awsecs.ContainerImage_FromRegistry(jsii.String(collectorImage), nil),
		// Losing traces must not take a task down.
		Essential:      jsii.Bool(false),
		Cpu:            jsii.Number(collectorCPU),
		MemoryLimitMiB: jsii.Number(collectorMemory),
		Environment: &map[string]*string{
			"AOT_CONFIG_CONTENT": jsii.String(collectorConfig(config)),
		},
		HealthCheck: &awsecs.HealthCheck{
			Command:  jsii.Strings("CMD", "/healthcheck"),
			Interval: awscdk.Duration_Seconds(jsii.Number(30)),
			Timeout:  awscdk.Duration_Seconds(jsii.Number(5)),
			Retries:  jsii.Number(3),
		},
		Logging:                newLogDriver(scope, config, tracingContainer),
		LinuxParameters:        leastPrivilege(scope, tracingContainer),
		ReadonlyRootFilesystem: jsii.Bool(true),
	}
}

// databaseSecrets injects each key of the attached secret (D4): the secret's
// full ARN comes from the attachment, so tasks also start after it.
func databaseSecrets(db database) map[string]awsecs.Secret {
	keys := map[string]string{
		contract.EnvDBHost:     contract.SecretKeyHost,
		contract.EnvDBPort:     contract.SecretKeyPort,
		contract.EnvDBName:     contract.SecretKeyDBName,
		contract.EnvDBUsername: contract.SecretKeyUsername,
		contract.EnvDBPassword: contract.SecretKeyPassword,
	}
	secrets := make(map[string]awsecs.Secret, len(keys))
	for variable, key := range keys {
		secrets[variable] = awsecs.Secret_FromSecretsManager(db.secret, jsii.String(key))
	}
	return secrets
}

func newTaskRole(scope constructs.Construct, config Config, purpose string) awsiam.Role {
	return awsiam.NewRole(scope, jsii.String("Role-"+purpose), &awsiam.RoleProps{
		RoleName:  jsii.String(config.Name("role", purpose)),
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("ecs-tasks.amazonaws.com"), nil),
	})
}

// grantTracing lets the collector write traces and read sampling rules. X-Ray
// has no resource-level permissions for these actions (AWS: "Actions,
// resources, and condition keys for AWS X-Ray"), hence the star.
func grantTracing(role awsiam.IRole) {
	role.AddToPrincipalPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: jsii.Strings("xray:PutTraceSegments", "xray:PutTelemetryRecords",
			"xray:GetSamplingRules", "xray:GetSamplingTargets"),
		Resources: jsii.Strings("*"),
	}))
}

// newLogDriver sends a container's output to a log group of the stack's own,
// with a retention, that goes away with the stack (G2, O6).
func newLogDriver(scope constructs.Construct, config Config, container string) awsecs.LogDriver {
	group := awslogs.NewLogGroup(scope, jsii.String("Logs-"+container), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String(config.Name("logs", container)),
		Retention:     logRetention[config.LogRetentionDays],
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	return awsecs.LogDriver_AwsLogs(&awsecs.AwsLogDriverProps{
		LogGroup:     group,
		StreamPrefix: jsii.String(container),
		// A full buffer must slow no request down: the oldest lines are dropped.
		Mode:          awsecs.AwsLogDriverMode_NON_BLOCKING,
		MaxBufferSize: awscdk.Size_Mebibytes(jsii.Number(4)),
	})
}

// leastPrivilege drops every capability and runs an init process, which reaps
// children and passes signals on.
func leastPrivilege(scope constructs.Construct, container string) awsecs.LinuxParameters {
	parameters := awsecs.NewLinuxParameters(scope, jsii.String("Linux-"+container), &awsecs.LinuxParametersProps{
		InitProcessEnabled: jsii.Bool(true),
	})
	parameters.DropCapabilities(awsecs.Capability_ALL)
	return parameters
}
