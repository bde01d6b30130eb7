package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapplicationautoscaling"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/jsii-runtime-go"

	"catalog/lib/settings"
)

const (
	targetCPUPercent = 70 // A1
	cooldownSeconds  = 60 // A2
)

// scale follows the service's average CPU in both directions (A3): target
// tracking derives one alarm for scaling out and one for scaling in. Known
// peaks raise the least number of tasks before the customers come.
func scale(config settings.Config, service awsecs.FargateService) {
	cooldown := awscdk.Duration_Seconds(jsii.Number(cooldownSeconds))
	tasks := service.AutoScaleTaskCount(&awsapplicationautoscaling.EnableScalingProps{
		MinCapacity: jsii.Number(settings.MinTasks),
		MaxCapacity: jsii.Number(settings.MaxTasks),
	})
	tasks.ScaleOnCpuUtilization(jsii.String("Cpu"), &awsecs.CpuUtilizationScalingProps{
		PolicyName:               jsii.String(config.Name("scaling", "cpu")),
		TargetUtilizationPercent: jsii.Number(targetCPUPercent),
		ScaleInCooldown:          cooldown,
		ScaleOutCooldown:         cooldown,
		DisableScaleIn:           jsii.Bool(false),
	})
	schedulePeaks(config, tasks)
}
