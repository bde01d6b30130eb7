package lib

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsxray"
	"github.com/aws/jsii-runtime-go"

	"catalog/lib/settings"
)

// collectorImage is the AWS distribution of the OpenTelemetry collector. The
// X-Ray daemon is in maintenance since 2026-02; the collector takes both OTLP
// and the daemon's own UDP protocol, so a Flask app with the X-Ray SDK works
// unchanged.
const collectorImage = "public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0"

// Where the collector listens inside the task: on loopback, for the task only.
const (
	otlpEndpoint = "http://127.0.0.1:4318"
	xrayEndpoint = "127.0.0.1:2000"
)

// traceService is the name under which X-Ray shows an environment's API: one
// account may have several.
func traceService(config settings.Config) string { return "catalog-" + config.Suffix }

// Of each second's requests the first is traced, and 5 in 100 of the others.
const (
	sampledPerSecond = 1
	sampledFraction  = 0.05
	samplingPriority = 100
)

// newTracing declares how many requests are traced and where they are found
// (O2).
func newTracing(stack awscdk.Stack, config settings.Config) {
	awsxray.NewCfnSamplingRule(stack, jsii.String("SamplingRule"), &awsxray.CfnSamplingRuleProps{
		SamplingRule: &awsxray.CfnSamplingRule_SamplingRuleProperty{
			RuleName: jsii.String(config.Name("sampling", "catalog")), Version: jsii.Number(1), Priority: jsii.Number(samplingPriority),
			ReservoirSize: jsii.Number(sampledPerSecond), FixedRate: jsii.Number(sampledFraction), ServiceName: jsii.String(traceService(config)),
			ServiceType: jsii.String("*"), Host: jsii.String("*"), HttpMethod: jsii.String("*"), UrlPath: jsii.String("*"), ResourceArn: jsii.String("*"),
		},
	})
	awsxray.NewCfnGroup(stack, jsii.String("TraceGroup"), &awsxray.CfnGroupProps{
		GroupName:             jsii.String(config.Name("traces", "catalog")),
		FilterExpression:      jsii.String(fmt.Sprintf("service(%q)", traceService(config))),
		InsightsConfiguration: &awsxray.CfnGroup_InsightsConfigurationProperty{InsightsEnabled: jsii.Bool(true)},
	})
}

// collectorConfig is the collector's configuration, given to it in the
// variable AOT_CONFIG_CONTENT.
func collectorConfig(config settings.Config) string {
	return fmt.Sprintf(`receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 127.0.0.1:4317
      http:
        endpoint: 127.0.0.1:4318
  awsxray:
    endpoint: %s
    transport: udp
processors:
  memory_limiter:
    check_interval: 1s
    limit_percentage: 75
    spike_limit_percentage: 20
  batch:
    timeout: 1s
    send_batch_max_size: 50
exporters:
  awsxray:
    region: %s
extensions:
  health_check:
    endpoint: 127.0.0.1:13133
service:
  extensions: [health_check]
  pipelines:
    traces:
      receivers: [otlp, awsxray]
      processors: [memory_limiter, batch]
      exporters: [awsxray]
`, xrayEndpoint, config.Region)
}
