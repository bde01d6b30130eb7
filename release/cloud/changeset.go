package cloud

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// Change is what would happen to one resource.
type Change struct {
	Action      string `json:"action"` // Add, Modify, Remove, …
	ID          string `json:"id"`
	Type        string `json:"type"`
	Replacement string `json:"replacement,omitempty"` // True, Conditional
	// Cost says, of what is paid for by the hour, how much of it there is
	// before and after.
	Cost string `json:"cost,omitempty"`
}

// ReadChangeSet reads what a prepared change set would do. There is none where
// nothing changes.
func (a *Account) ReadChangeSet(ctx context.Context, stack, name string) ([]Change, error) {
	var all []Change
	pages := cloudformation.NewDescribeChangeSetPaginator(cloudformation.NewFromConfig(a.config), &cloudformation.DescribeChangeSetInput{
		StackName: aws.String(stack), ChangeSetName: aws.String(name), IncludePropertyValues: aws.Bool(true),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if hasCode(err, "ChangeSetNotFound") || err != nil && notThere(err) {
			return nil, nil
		}
		if err != nil {
			return nil, explain("the change set of "+stack+" cannot be read", err)
		}
		for _, change := range page.Changes {
			if r := change.ResourceChange; r != nil {
				all = append(all, newChange(r))
			}
		}
	}
	return all, nil
}

func newChange(r *types.ResourceChange) Change {
	c := Change{Action: string(r.Action), ID: aws.ToString(r.LogicalResourceId), Type: aws.ToString(r.ResourceType)}
	if r.Replacement != "" && r.Replacement != types.ReplacementFalse {
		c.Replacement = string(r.Replacement)
	}
	if paths, costs := costs[c.Type]; costs {
		c.Cost = c.Action
		before, after := sizes(aws.ToString(r.BeforeContext), paths), sizes(aws.ToString(r.AfterContext), paths)
		if before != after {
			c.Cost = strings.TrimSpace(before + " → " + after)
		} else if after != "" {
			c.Cost = after + ", not changed"
		}
	}
	return c
}

// costs are the types that are paid for while they stand idle, and which of
// their properties decide how much (docs/deploy.md names the prices).
var costs = map[string][]string{
	"AWS::EC2::NatGateway":                        nil,
	"AWS::EC2::EIP":                               nil,
	"AWS::EC2::VPCEndpoint":                       {"VpcEndpointType"},
	"AWS::ElasticLoadBalancingV2::LoadBalancer":   nil,
	"AWS::RDS::DBCluster":                         {"ServerlessV2ScalingConfiguration.MinCapacity", "ServerlessV2ScalingConfiguration.MaxCapacity", "BackupRetentionPeriod"},
	"AWS::RDS::DBInstance":                        {"DBInstanceClass"},
	"AWS::ECS::Service":                           {"DesiredCount"},
	"AWS::ECS::TaskDefinition":                    {"Cpu", "Memory"},
	"AWS::ApplicationAutoScaling::ScalableTarget": {"MinCapacity", "MaxCapacity"},
	"AWS::WAFv2::WebACL":                          nil,
	"AWS::KMS::Key":                               nil,
	"AWS::CloudWatch::Dashboard":                  nil,
	"AWS::Logs::LogGroup":                         {"RetentionInDays"},
}

// sizes writes some properties of a resource, as a change set holds them.
func sizes(context string, paths []string) string {
	var resource struct{ Properties map[string]any }
	if json.Unmarshal([]byte(context), &resource) != nil {
		return ""
	}
	var parts []string
	for _, path := range paths {
		var at any = resource.Properties
		for name := range strings.SplitSeq(path, ".") {
			fields, _ := at.(map[string]any)
			at = fields[name]
		}
		if text, ok := at.(string); ok {
			parts = append(parts, path[strings.LastIndex(path, ".")+1:]+" "+text)
		} else if number, ok := at.(float64); ok {
			parts = append(parts, fmt.Sprintf("%s %g", path[strings.LastIndex(path, ".")+1:], number))
		}
	}
	return strings.Join(parts, ", ")
}

// Costly are the changes that the bill will show, and the others.
func Costly(changes []Change) (costly, others []Change) {
	for _, c := range changes {
		if c.Cost != "" {
			costly = append(costly, c)
		} else {
			others = append(others, c)
		}
	}
	slices.SortStableFunc(costly, func(a, b Change) int { return strings.Compare(a.Type, b.Type) })
	return costly, others
}

// DropChangeSet takes a prepared change set away and, where it was the first
// of its stack, the empty stack that CloudFormation has made for it.
func (a *Account) DropChangeSet(ctx context.Context, stack, name string) error {
	client := cloudformation.NewFromConfig(a.config)
	_, err := client.DeleteChangeSet(ctx, &cloudformation.DeleteChangeSetInput{StackName: aws.String(stack), ChangeSetName: aws.String(name)})
	if err != nil && !hasCode(err, "ChangeSetNotFound") && !notThere(err) {
		return explain("the change set "+name+" of "+stack+" cannot be deleted", err)
	}
	s, err := a.Stack(ctx, stack)
	if err != nil || s.Status != string(types.StackStatusReviewInProgress) {
		return err
	}
	_, err = client.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: aws.String(stack)})
	if err != nil {
		return explain("the empty stack "+stack+" cannot be deleted", err)
	}
	return nil
}
