package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	cw "github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"catalog/lib/settings"
)

// newDashboard shows the whole system on one page (O5): what clients see, what
// the tasks do, what the database does, which alarms are on, the last errors.
func newDashboard(stack awscdk.Stack, config settings.Config, m metrics, alarms []cw.Alarm) cw.Dashboard {
	dashboard := cw.NewDashboard(stack, jsii.String("Dashboard"), &cw.DashboardProps{
		DashboardName:   jsii.String(config.Name("dashboard", "catalog")),
		DefaultInterval: awscdk.Duration_Hours(jsii.Number(3)),
	})
	var states []interfacesawscloudwatch.IAlarmRef
	for _, alarm := range alarms {
		states = append(states, alarm)
	}
	dashboard.AddWidgets(cw.NewAlarmStatusWidget(&cw.AlarmStatusWidgetProps{
		Title: jsii.String("Alarms"), Width: jsii.Number(24), Height: jsii.Number(3), Alarms: &states,
	}))
	dashboard.AddWidgets(
		graph("Requests a minute", labelled(m.balancer("RequestCount", sum), "requests")),
		graph("Errors",
			labelled(m.balancer("HTTPCode_Target_5XX_Count", sum), "5xx by tasks"),
			labelled(m.balancer("HTTPCode_ELB_5XX_Count", sum), "5xx by the load balancer"),
			labelled(m.balancer("HTTPCode_Target_4XX_Count", sum), "4xx by tasks")),
		graph("Response time, seconds",
			labelled(m.balancer("TargetResponseTime", p50), "p50"), labelled(m.balancer("TargetResponseTime", p99), "p99")),
	)
	cpu := graphOf("CPU and memory, percent",
		labelled(m.service("CPUUtilization", average), "CPU"), labelled(m.service("MemoryUtilization", average), "memory"))
	cpu.LeftAnnotations = &[]*cw.HorizontalAnnotation{{
		Value: jsii.Number(targetCPUPercent), Label: jsii.String("scaling target"), Color: cw.Color_GREY(),
	}}
	dashboard.AddWidgets(
		graph("Tasks",
			labelled(m.insights("RunningTaskCount", average), "running"), labelled(m.insights("DesiredTaskCount", average), "desired")),
		// AWS: "AWS Fargate usage metrics", which count the whole account.
		graph("Fargate in use, by capacity provider",
			labelled(fargateUsage("OnDemand"), onDemandProvider), labelled(fargateUsage("Spot"), spotProvider)),
		cw.NewGraphWidget(cpu),
	)
	dashboard.AddWidgets(
		graph("Healthy targets",
			labelled(m.group(m.routing.blue, "HealthyHostCount", minimum), "blue"), labelled(m.group(m.routing.green, "HealthyHostCount", minimum), "green")),
		graph("Database CPU and capacity, percent",
			labelled(m.database("CPUUtilization", average), "CPU"), labelled(m.database("ACUUtilization", average), "of the largest capacity")),
		graph("Database connections and replica lag (ms)",
			labelled(m.database("DatabaseConnections", maximum), "connections"), labelled(m.database("AuroraReplicaLagMaximum", maximum), "replica lag")),
	)
	dashboard.AddWidgets(
		graph("Time in the API, milliseconds, the slowest task's",
			labelled(m.api("DurationP50", maximum), "p50"), labelled(m.api("DurationP99", maximum), "p99")),
		graph("Connections to the database, the busiest task's",
			labelled(m.api("PoolInUse", maximum), "in use"), labelled(m.api("PoolWaits", sum), "waits a minute, all tasks")),
		graph("Memory in use by the API, bytes, the largest task's", labelled(m.api("HeapBytes", maximum), "heap")),
	)
	dashboard.AddWidgets(cw.NewLogQueryWidget(&cw.LogQueryWidgetProps{
		Title: jsii.String("Last errors of the API"), Width: jsii.Number(24), Height: jsii.Number(6),
		LogGroupNames: jsii.Strings(config.Name("logs", apiContainer)),
		QueryLines: jsii.Strings("fields @timestamp, msg, error, path, trace_id",
			`filter level in ["ERROR", "WARN"]`, "sort @timestamp desc", "limit 20"),
	}))
	return dashboard
}

func fargateUsage(resource string) cw.Metric {
	return metric("AWS/Usage", "ResourceCount", average, map[string]string{
		"Service": "Fargate", "Type": "Resource", "Resource": resource, "Class": "None",
	})
}

func graphOf(title string, shown ...cw.IMetric) *cw.GraphWidgetProps {
	return &cw.GraphWidgetProps{Title: jsii.String(title), Width: jsii.Number(8), Left: &shown}
}

func graph(title string, shown ...cw.IMetric) cw.GraphWidget {
	return cw.NewGraphWidget(graphOf(title, shown...))
}

func dashboardURL(config settings.Config, dashboard cw.Dashboard) string {
	return "https://" + config.Region + ".console.aws.amazon.com/cloudwatch/home?region=" + config.Region +
		"#dashboards:name=" + *dashboard.DashboardName()
}
