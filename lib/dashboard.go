package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	cw "github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// newDashboard shows traffic, errors and CPU against its target (O5).
func newDashboard(scope constructs.Construct, config Config, service awsecs.FargateService, b balancer) cw.Dashboard {
	minute := awscdk.Duration_Minutes(jsii.Number(1))
	dashboard := cw.NewDashboard(scope, jsii.String("Dashboard"), &cw.DashboardProps{
		DashboardName: jsii.String(config.Name("dashboard", "catalog")),
	})
	dashboard.AddWidgets(
		graph("Requests and 5xx answers",
			b.alb.Metrics().RequestCount(&cw.MetricOptions{Period: minute}),
			b.alb.Metrics().HttpCodeTarget(elb.HttpCodeTarget_TARGET_5XX_COUNT, &cw.MetricOptions{Period: minute})),
		graph("Response time",
			b.alb.Metrics().TargetResponseTime(&cw.MetricOptions{Period: minute, Statistic: jsii.String("p99")})),
		graph("CPU, kept near 70 %",
			service.MetricCpuUtilization(&cw.MetricOptions{Period: minute})),
	)
	return dashboard
}

func graph(title string, metrics ...cw.IMetric) cw.GraphWidget {
	return cw.NewGraphWidget(&cw.GraphWidgetProps{
		Title: jsii.String(title),
		Width: jsii.Number(8),
		Left:  &metrics,
	})
}

func dashboardURL(config Config, dashboard cw.Dashboard) string {
	return "https://" + config.Region + ".console.aws.amazon.com/cloudwatch/home?region=" + config.Region +
		"#dashboards:name=" + *dashboard.DashboardName()
}
