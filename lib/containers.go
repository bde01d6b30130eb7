package lib

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"catalog/contract"
	"catalog/lib/settings"
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
	// nonRootUser is what every container runs as: numeric, so that an image
	// needs no passwd file.
	nonRootUser = "65532"
)

// containers makes the options of a task's containers.
type containers struct {
	scope  constructs.Construct
	config settings.Config
	in     taskInputs
	groups map[string]awslogs.LogGroup
}

func (c containers) api() *awsecs.ContainerDefinitionOptions {
	memory := c.config.TaskMemory - collectorMemory - migrationMemory
	secrets := databaseSecrets(c.in.database)
	secrets[contract.EnvAPIWriteToken] = awsecs.Secret_FromSecretsManager(c.in.apiSecret, jsii.String(contract.SecretKeyWriteToken))
	options := c.hardened(apiContainer)
	options.Image = c.in.images.api
	options.Essential = jsii.Bool(true)
	options.Cpu = jsii.Number(c.config.TaskCPU - collectorCPU - migrationCPU)
	options.MemoryLimitMiB = jsii.Number(memory)
	options.PortMappings = &[]*awsecs.PortMapping{{ContainerPort: jsii.Number(contract.Port)}}
	options.Environment = &map[string]*string{
		contract.EnvPort:         jsii.String(fmt.Sprint(contract.Port)),
		contract.EnvSuffix:       jsii.String(c.config.Suffix),
		contract.EnvLogLevel:     jsii.String(c.config.LogLevel),
		contract.EnvDrainDelay:   jsii.String(fmt.Sprintf("%ds", drainDelaySeconds)),
		contract.EnvOTLPEndpoint: jsii.String(otlpEndpoint),
		contract.EnvOTelService:  jsii.String(traceService(c.config)),
		contract.EnvXRayDaemon:   jsii.String(xrayEndpoint),
	}
	options.Secrets = &secrets
	options.StopTimeout = awscdk.Duration_Seconds(jsii.Number(stopTimeoutSeconds))
	c.runs(options, memory)
	return options
}

func (c containers) migration() *awsecs.ContainerDefinitionOptions {
	secrets := databaseSecrets(c.in.database)
	options := c.hardened(migrationContainer)
	options.Image = c.in.images.migration
	options.Command = jsii.Strings("migrate")
	options.Essential = jsii.Bool(false)
	options.Cpu = jsii.Number(migrationCPU)
	options.MemoryLimitMiB = jsii.Number(migrationMemory)
	options.Environment = &map[string]*string{
		contract.EnvSuffix:   jsii.String(c.config.Suffix),
		contract.EnvLogLevel: jsii.String(c.config.LogLevel),
	}
	options.Secrets = &secrets
	return options
}

func (c containers) collector() *awsecs.ContainerDefinitionOptions {
	options := c.hardened(tracingContainer)
	options.Image = awsecs.ContainerImage_FromRegistry(jsii.String(collectorImage), nil)
	// Losing traces must not take a task down.
	options.Essential = jsii.Bool(false)
	options.Cpu = jsii.Number(collectorCPU)
	options.MemoryLimitMiB = jsii.Number(collectorMemory)
	options.Environment = &map[string]*string{"AOT_CONFIG_CONTENT": jsii.String(collectorConfig(c.config))}
	options.HealthCheck = healthCheck("/healthcheck")
	return options
}

// hardened is what every container has (S4): its log group, a read-only root
// file system, a numeric user, no capability, and an init process, which reaps
// children and passes signals on.
func (c containers) hardened(container string) *awsecs.ContainerDefinitionOptions {
	parameters := awsecs.NewLinuxParameters(c.scope, jsii.String("Linux-"+container), &awsecs.LinuxParametersProps{
		InitProcessEnabled: jsii.Bool(true),
	})
	parameters.DropCapabilities(awsecs.Capability_ALL)
	return &awsecs.ContainerDefinitionOptions{
		Logging: awsecs.LogDriver_AwsLogs(&awsecs.AwsLogDriverProps{
			LogGroup:     c.groups[container],
			StreamPrefix: jsii.String(container),
			// A full buffer must slow no request down: the oldest lines are dropped.
			Mode:          awsecs.AwsLogDriverMode_NON_BLOCKING,
			MaxBufferSize: awscdk.Size_Mebibytes(jsii.Number(4)),
		}),
		LinuxParameters:        parameters,
		ReadonlyRootFilesystem: jsii.Bool(true),
		User:                   jsii.String(nonRootUser),
	}
}

// healthCheck runs a program of the image: no shell, no curl.
func healthCheck(command ...string) *awsecs.HealthCheck {
	return &awsecs.HealthCheck{
		Command:  jsii.Strings(append([]string{"CMD"}, command...)...),
		Interval: awscdk.Duration_Seconds(jsii.Number(30)),
		Timeout:  awscdk.Duration_Seconds(jsii.Number(5)),
		Retries:  jsii.Number(3),
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
