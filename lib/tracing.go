package lib

import "fmt"

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

// collectorConfig is the collector's configuration (O2), given to it in the
// variable AOT_CONFIG_CONTENT.
func collectorConfig(config Config) string {
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
      processors: [batch]
      exporters: [awsxray]
`, xrayEndpoint, config.Region)
}
