package cloud

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/xray"
)

// ContainerInsights reads how closely the cluster is watched: "enhanced",
// "enabled" or "disabled" (O1).
func (a *Account) ContainerInsights(ctx context.Context, suffix string) (string, error) {
	n := names{suffix}
	out, err := ecs.NewFromConfig(a.config).DescribeClusters(ctx, &ecs.DescribeClustersInput{
		Clusters: []string{n.cluster()}, Include: []types.ClusterField{types.ClusterFieldSettings},
	})
	if err != nil {
		return "", explain("the cluster "+n.cluster()+" cannot be read", err)
	}
	for _, cluster := range out.Clusters {
		for _, setting := range cluster.Settings {
			if setting.Name == types.ClusterSettingNameContainerInsights {
				return aws.ToString(setting.Value), nil
			}
		}
	}
	return "disabled", nil
}

// Traces counts the traces of the last minutes that went through the service
// (O2).
func (a *Account) Traces(ctx context.Context, suffix string, since time.Duration) (int, error) {
	now := time.Now()
	out, err := xray.NewFromConfig(a.config).GetTraceSummaries(ctx, &xray.GetTraceSummariesInput{
		StartTime: aws.Time(now.Add(-since)), EndTime: aws.Time(now),
		FilterExpression: aws.String(`service("catalog-` + suffix + `")`), // its name: lib/tracing.go
	})
	if err != nil {
		return 0, explain("the traces cannot be read", err)
	}
	return len(out.TraceSummaries), nil
}
