package cloud

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
)

// Target is a task as the load balancer sees it.
type Target struct {
	Group   string `json:"group"`
	Address string `json:"address"`
	Zone    string `json:"zone"`
	Health  string `json:"health"`
	Reason  string `json:"reason,omitempty"`
}

// Targets reads both colours' groups.
func (a *Account) Targets(ctx context.Context, suffix string) ([]Target, error) {
	client := elb.NewFromConfig(a.config)
	var all []Target
	for _, group := range (names{suffix}).groups() {
		what := "the targets of " + group + " cannot be read"
		found, err := client.DescribeTargetGroups(ctx, &elb.DescribeTargetGroupsInput{Names: []string{group}})
		if hasCode(err, "TargetGroupNotFound") || err == nil && len(found.TargetGroups) == 0 {
			continue
		}
		if err != nil {
			return nil, explain(what, err)
		}
		out, err := client.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: found.TargetGroups[0].TargetGroupArn})
		if err != nil {
			return nil, explain(what, err)
		}
		for _, one := range out.TargetHealthDescriptions {
			t := Target{Group: group}
			if one.Target != nil {
				t.Address, t.Zone = aws.ToString(one.Target.Id), aws.ToString(one.Target.AvailabilityZone)
			}
			if one.TargetHealth != nil {
				t.Health, t.Reason = string(one.TargetHealth.State), aws.ToString(one.TargetHealth.Description)
			}
			all = append(all, t)
		}
	}
	return all, nil
}

// Alarm is a CloudWatch alarm.
type Alarm struct {
	Name   string `json:"name"`
	State  string `json:"state"`
	Reason string `json:"reason"`
}

// Alarms reads the environment's, which end with its suffix.
func (a *Account) Alarms(ctx context.Context, suffix string) ([]Alarm, error) {
	var all []Alarm
	pages := cloudwatch.NewDescribeAlarmsPaginator(cloudwatch.NewFromConfig(a.config), &cloudwatch.DescribeAlarmsInput{AlarmNamePrefix: aws.String("alarm-")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explain("the alarms cannot be read", err)
		}
		for _, alarm := range page.MetricAlarms {
			if name := aws.ToString(alarm.AlarmName); strings.HasSuffix(name, "-"+suffix) {
				all = append(all, Alarm{name, string(alarm.StateValue), aws.ToString(alarm.StateReason)})
			}
		}
	}
	return all, nil
}
