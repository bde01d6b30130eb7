package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	cw "github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/jsii-runtime-go"

	"catalog/contract"
	"catalog/lib/settings"
)

// metrics are what alarms and the dashboard watch. Resources are meant by
// their names, so that an alarm may stand before the service that it watches.
type metrics struct {
	config  settings.Config
	alb     elb.ApplicationLoadBalancer
	routing routing
}

// Statistics of a metric.
const (
	average = "Average"
	minimum = "Minimum"
	maximum = "Maximum"
	sum     = "Sum"
	p50     = "p50"
	p99     = "p99"
)

func metric(namespace, name, statistic string, dimensions map[string]string) cw.Metric {
	given := map[string]*string{}
	for key, value := range dimensions {
		given[key] = jsii.String(value)
	}
	return cw.NewMetric(&cw.MetricProps{
		Namespace: jsii.String(namespace), MetricName: jsii.String(name), Statistic: jsii.String(statistic),
		DimensionsMap: &given, Period: awscdk.Duration_Minutes(jsii.Number(1)),
	})
}

// service is a metric of ECS itself, insights one of Container Insights, which
// alone count tasks.
func (m metrics) service(name, statistic string) cw.Metric {
	return metric("AWS/ECS", name, statistic, m.serviceDimensions())
}

func (m metrics) insights(name, statistic string) cw.Metric {
	return metric("ECS/ContainerInsights", name, statistic, m.serviceDimensions())
}

func (m metrics) serviceDimensions() map[string]string {
	return map[string]string{"ClusterName": m.config.Name("cluster", "catalog"), "ServiceName": serviceName(m.config)}
}

// api is what the API's tasks say of themselves, each of its own.
func (m metrics) api(name, statistic string) cw.Metric {
	return metric(contract.MetricNamespace, name, statistic, map[string]string{
		"Environment": m.config.Suffix, "Service": traceService(m.config),
	})
}

func (m metrics) balancer(name, statistic string) cw.Metric {
	return metric("AWS/ApplicationELB", name, statistic, map[string]string{"LoadBalancer": *m.alb.LoadBalancerFullName()})
}

func (m metrics) group(group elb.ApplicationTargetGroup, name, statistic string) cw.Metric {
	return metric("AWS/ApplicationELB", name, statistic, map[string]string{
		"LoadBalancer": *m.alb.LoadBalancerFullName(), "TargetGroup": *group.TargetGroupFullName(),
	})
}

func (m metrics) database(name, statistic string) cw.Metric {
	return metric("AWS/RDS", name, statistic, map[string]string{"DBClusterIdentifier": m.config.Name("db", "catalog")})
}

// errorPercent is how many of a hundred requests were answered 5xx, by the
// tasks or by the load balancer itself. In a minute with few requests a single
// error says nothing: it counts as none.
func (m metrics) errorPercent() cw.IMetric {
	return cw.NewMathExpression(&cw.MathExpressionProps{
		Expression: jsii.String("IF(FILL(requests, 0) >= 20, 100 * (FILL(tasks, 0) + FILL(balancer, 0)) / requests, 0)"),
		Label:      jsii.String("5xx answers, percent"),
		Period:     awscdk.Duration_Minutes(jsii.Number(1)),
		UsingMetrics: &map[string]cw.IMetric{
			"requests": m.balancer("RequestCount", sum),
			"tasks":    m.balancer("HTTPCode_Target_5XX_Count", sum),
			"balancer": m.balancer("HTTPCode_ELB_5XX_Count", sum),
		},
	})
}

// labelled gives a metric the name under which a graph shows it.
func labelled(m cw.Metric, label string) cw.IMetric {
	return m.With(&cw.MetricOptions{Label: jsii.String(label)})
}
