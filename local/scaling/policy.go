package scaling

import (
	"crypto/sha1"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"catalog/local/alarm"
	"catalog/local/metrics"
)

// Target is a scalable target: the bounds of a service's number of tasks.
type Target struct{ Min, Max int }

func (t Target) validate() error {
	if t.Min < 0 || t.Max < t.Min {
		return fmt.Errorf("the scalable target is from %d to %d tasks: the minimum must not be negative nor above the maximum", t.Min, t.Max)
	}
	return nil
}

func (t Target) bound(tasks int) int { return min(max(tasks, t.Min), t.Max) }

// Policy is a target tracking policy: it keeps a metric, such as the service's
// average CPU in percent, at a value.
type Policy struct {
	Name        string
	ResourceID  string // service/cluster/name; "": from the metric's ClusterName and ServiceName
	TargetValue float64
	// AWS counts cooldowns in whole seconds; a template that has none means 300.
	ScaleOutCooldown, ScaleInCooldown time.Duration
	DisableScaleIn                    bool
	Metric                            metrics.Key
	Statistic                         string // "": Average
}

func (p Policy) validate() error {
	switch {
	case p.Name == "":
		return errors.New("a scaling policy has no name: give it one")
	case !(p.TargetValue > 0) || math.IsInf(p.TargetValue, 0):
		return fmt.Errorf("the scaling policy %q has the target %v: it must be above 0", p.Name, p.TargetValue)
	case p.ScaleOutCooldown < 0 || p.ScaleInCooldown < 0:
		return fmt.Errorf("the scaling policy %q has a negative cooldown: use 0 or more seconds", p.Name)
	}
	return nil
}

// The alarms that AWS makes of a target tracking policy for ECS.
const (
	alarmSeconds = 60
	highPeriods  = 3
	lowPeriods   = 15
	lowShare     = 0.9
)

// Alarms gives the two alarms that AWS makes of the policy: the high one when
// the metric is above the target for 3 minutes, the low one when it is under
// 90 % of it for 15. Names are AWS's; what looks like a UUID comes from the
// names, so that it is the same after a restart.
func (p Policy) Alarms() (high, low alarm.Properties) {
	high = p.alarm("AlarmHigh", "GreaterThanThreshold", p.TargetValue, highPeriods)
	// Rounded, since 0.9 times 70 is a little more than 63 in binary.
	low = p.alarm("AlarmLow", "LessThanThreshold", math.Round(p.TargetValue*lowShare*1e9)/1e9, lowPeriods)
	return high, low
}

func (p Policy) alarm(kind, operator string, threshold float64, periods int) alarm.Properties {
	value := alarm.Number(threshold)
	arn := fmt.Sprintf("arn:aws:autoscaling:::scalingPolicy:%s:resource/ecs/%s:policyName/%s", uuid("policy", p.resource(), p.Name), p.resource(), p.Name)
	properties := alarm.Properties{
		AlarmName:          fmt.Sprintf("TargetTracking-%s-%s-%s", p.resource(), kind, uuid(kind, p.resource(), p.Name)),
		AlarmDescription:   "DO NOT EDIT OR DELETE. For TargetTrackingScaling policy " + arn + ".",
		AlarmActions:       []string{arn},
		Namespace:          p.Metric.Namespace,
		MetricName:         p.Metric.Name,
		Period:             alarmSeconds,
		EvaluationPeriods:  alarm.Number(periods),
		ComparisonOperator: operator,
		Threshold:          &value,
	}
	properties.Statistic = p.Statistic
	if _, percentile := metrics.Percentile(p.Statistic); percentile {
		properties.Statistic, properties.ExtendedStatistic = "", p.Statistic
	} else if p.Statistic == "" {
		properties.Statistic = metrics.Average
	}
	dimensions := p.Metric.DimensionMap()
	for _, name := range slices.Sorted(maps.Keys(dimensions)) {
		properties.Dimensions = append(properties.Dimensions, alarm.Dimension{Name: name, Value: dimensions[name]})
	}
	return properties
}

func (p Policy) resource() string {
	if p.ResourceID != "" {
		return p.ResourceID
	}
	dimensions := p.Metric.DimensionMap()
	return "service/" + dimensions["ClusterName"] + "/" + dimensions["ServiceName"]
}

// uuid makes a name-based UUID (RFC 9562, version 5, in a namespace of zeros).
func uuid(parts ...string) string {
	hash := sha1.New()
	hash.Write(make([]byte, 16))
	for _, part := range parts {
		hash.Write([]byte(part + "\x00"))
	}
	u := hash.Sum(nil)[:16]
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
