package lib

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapplicationautoscaling"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/jsii-runtime-go"

	"catalog/lib/settings"
)

// schedulePeaks raises the least number of tasks at each peak's start and
// gives the usual one back at its end. Target tracking goes on in between.
func schedulePeaks(config settings.Config, tasks awsecs.ScalableTaskCount) {
	for i, p := range config.Peaks {
		for _, edge := range []struct {
			id, cron string
			minimum  int
		}{
			{fmt.Sprintf("Peak%dStart", i), p.Start, p.Minimum},
			{fmt.Sprintf("Peak%dEnd", i), p.End, settings.MinTasks},
		} {
			tasks.ScaleOnSchedule(jsii.String(edge.id), &awsapplicationautoscaling.ScalingSchedule{
				Schedule:    awsapplicationautoscaling.Schedule_Expression(jsii.String("cron(" + edge.cron + ")")),
				TimeZone:    awscdk.TimeZone_Of(jsii.String(p.TimeZone)),
				MinCapacity: jsii.Number(edge.minimum),
			})
		}
	}
}
