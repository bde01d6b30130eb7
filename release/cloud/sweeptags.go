package cloud

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
)

// sweepTags finds whatever carries the environment's two tags (lib/app.go).
// The service that lists tags forgets slowly: what other services say is gone
// is left out (AWS: "Resource Groups Tagging API Reference", GetResources).
func sweepTags(ctx context.Context, a *Account, n names) ([]Leftover, error) {
	var all []Leftover
	pages := tagging.NewGetResourcesPaginator(tagging.NewFromConfig(a.config), &tagging.GetResourcesInput{
		TagFilters: []types.TagFilter{
			{Key: aws.String("application"), Values: []string{"catalog"}},
			{Key: aws.String("environment"), Values: []string{n.suffix}},
		},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return all, err
		}
		for _, one := range page.ResourceTagMappingList {
			arn := aws.ToString(one.ResourceARN)
			if hasOwnSweeper(arn) {
				continue
			}
			gone, err := a.isGone(ctx, arn)
			if err != nil {
				return all, err
			}
			if !gone {
				all = append(all, Leftover{Kind: "tagged resource", Name: arn})
			}
		}
	}
	return all, nil
}

// hasOwnSweeper says whether a resource is looked for by itself, which knows
// more than its tags, or is a record that nobody can delete: a task definition
// that is out of use.
func hasOwnSweeper(arn string) bool {
	for _, part := range []string{
		":secretsmanager:", ":kms:", ":logs:", ":cloudformation:", ":ecr:", ":elasticloadbalancing:", ":network-interface/",
		":rds:", ":task-definition/",
	} {
		if strings.Contains(arn, part) {
			return !strings.Contains(arn, ":rds:") || strings.Contains(arn, ":cluster")
		}
	}
	return false
}

// isGone asks where a record outlives what it is of.
func (a *Account) isGone(ctx context.Context, arn string) (bool, error) {
	switch {
	case strings.Contains(arn, ":natgateway/"):
		pages, err := ec2Pages[natGateways](ctx, a, "DescribeNatGateways", map[string][]string{"nat-gateway-id": {lastSegment(arn)}})
		if hasCode(err, "NatGatewayNotFound") {
			return true, nil
		}
		for _, page := range pages {
			for _, gateway := range page.All {
				if gateway.State != "deleted" {
					return false, nil
				}
			}
		}
		return err == nil, err
	case strings.Contains(arn, ":ecs:") && strings.Contains(arn, ":cluster/"):
		out, err := ecs.NewFromConfig(a.config).DescribeClusters(ctx, &ecs.DescribeClustersInput{Clusters: []string{arn}})
		if err != nil {
			return false, err
		}
		return len(out.Clusters) == 0 || aws.ToString(out.Clusters[0].Status) == "INACTIVE", nil
	case strings.Contains(arn, ":ecs:"): // a service or a task ends with its cluster
		return true, nil
	}
	return false, nil
}
