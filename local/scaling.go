package local

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"catalog/local/alarm"
	"catalog/local/scaling"
)

// scalableTarget lets Application Auto Scaling change a service's desired
// count between two bounds.
type scalableTarget struct {
	declared
	environment *Environment
	scaler      *scaling.Scaler

	service  *service // the environment's lock guards these two
	policies []*scalingPolicy
}

func newScalableTarget(e *Environment, d declared) (runner, error) {
	t := &scalableTarget{declared: d, environment: e}
	bounds, actions, err := t.read(d)
	if err != nil {
		return nil, err
	}
	t.scaler, err = scaling.New(bounds, nil, actions)
	return t, err
}

// read takes service, bounds and scheduled actions out of a declaration.
func (t *scalableTarget) read(d declared) (bounds scaling.Target, actions []scaling.ScheduledAction, err error) {
	var p struct {
		MinCapacity, MaxCapacity                        number
		ResourceID, ScalableDimension, ServiceNamespace string
		ScheduledActions                                []scheduledAction
	}
	if err := d.decode(&p); err != nil {
		return bounds, nil, err
	}
	if p.ScalableDimension != "ecs:service:DesiredCount" || p.ServiceNamespace != "ecs" {
		return bounds, nil, fmt.Errorf("it scales %s of %s: the local place scales ecs:service:DesiredCount of ecs", p.ScalableDimension, p.ServiceNamespace)
	}
	scaled, err := t.environment.serviceOf(p.ResourceID)
	if err != nil {
		return bounds, nil, err
	}
	for _, a := range p.ScheduledActions {
		action, err := a.read()
		if err != nil {
			return bounds, nil, fmt.Errorf("its scheduled action %s: %w", a.ScheduledActionName, err)
		}
		actions = append(actions, action)
	}
	t.environment.mu.Lock()
	defer t.environment.mu.Unlock()
	t.service = scaled
	return scaling.Target{Min: int(p.MinCapacity), Max: int(p.MaxCapacity)}, actions, nil
}

// update declares the target anew; its policies, cooldown and alarms go on.
func (t *scalableTarget) update(_ context.Context, d declared) error {
	bounds, actions, err := t.read(d)
	if err != nil {
		return err
	}
	return t.scaler.SetTarget(bounds, actions)
}

// follow makes the scaler go by other policies, or leaves everything as it was.
func (t *scalableTarget) follow(change func([]*scalingPolicy) []*scalingPolicy) error {
	t.environment.mu.Lock()
	defer t.environment.mu.Unlock()
	changed := change(slices.Clone(t.policies))
	var policies []scaling.Policy
	for _, p := range changed {
		policies = append(policies, p.policy)
	}
	if err := t.scaler.SetPolicies(policies); err != nil {
		return err
	}
	t.policies = changed
	return nil
}

// serviceOf finds the service of a resource id: service/cluster/name.
func (e *Environment) serviceOf(id string) (*service, error) {
	for _, s := range all[*service](e) {
		if id == "service/"+s.cluster.ref()+"/"+s.name() {
			return s, nil
		}
	}
	return nil, fmt.Errorf("its resource id %s names no service of this environment", id)
}

func (t *scalableTarget) start(context.Context) error     { return nil }
func (t *scalableTarget) stop(context.Context) error      { return nil }
func (t *scalableTarget) attribute(string) (string, bool) { return "", false }

// ref is resource id, dimension and namespace (AWS CloudFormation template
// reference, AWS::ApplicationAutoScaling::ScalableTarget).
func (t *scalableTarget) ref() string {
	return strings.Join([]string{plain(t.properties["ResourceId"]), plain(t.properties["ScalableDimension"]), plain(t.properties["ServiceNamespace"])}, "|")
}

func (t *scalableTarget) current() (*scaling.Scaler, *service) {
	t.environment.mu.Lock()
	defer t.environment.mu.Unlock()
	return t.scaler, t.service
}

// scale lets every target look at its alarms and schedules.
func (e *Environment) scale(now time.Time) {
	for _, t := range all[*scalableTarget](e) {
		scaler, s := t.current()
		s.mu.Lock()
		desired, deploying := s.desired, s.coming != nil
		s.mu.Unlock()
		wanted, activity := scaler.Tick(now, e.metrics, desired, deploying)
		if activity == nil {
			continue
		}
		s.setDesired(wanted)
		e.report(Event{
			Stack: t.stack.Name, ID: s.name(), Type: t.typ, Status: Scaled,
			Detail: fmt.Sprintf("from %d to %d tasks: %s", activity.From, activity.To, activity.Cause),
		})
	}
}

// scalingPolicy is a target tracking policy of a scalable target.
type scalingPolicy struct {
	declared
	environment *Environment
	target      *scalableTarget
	policy      scaling.Policy
}

func newScalingPolicy(e *Environment, d declared) (runner, error) {
	var p struct{ ScalingTargetID string }
	if err := d.decode(&p); err != nil {
		return nil, err
	}
	target, err := find[*scalableTarget](e, p.ScalingTargetID)
	if err != nil {
		return nil, err
	}
	policy := &scalingPolicy{declared: d, environment: e, target: target}
	return policy, policy.read(d)
}

// read takes the policy's numbers out of a declaration.
func (p *scalingPolicy) read(d declared) error {
	var properties struct {
		PolicyName, PolicyType                   string
		TargetTrackingScalingPolicyConfiguration struct {
			TargetValue                       number
			ScaleInCooldown, ScaleOutCooldown *number
			DisableScaleIn                    alarm.Boolean
			PredefinedMetricSpecification     struct{ PredefinedMetricType string }
		}
	}
	if err := d.decode(&properties); err != nil {
		return err
	}
	c := properties.TargetTrackingScalingPolicyConfiguration
	names := map[string]string{"ECSServiceAverageCPUUtilization": "CPUUtilization", "ECSServiceAverageMemoryUtilization": "MemoryUtilization"}
	metric, known := names[c.PredefinedMetricSpecification.PredefinedMetricType]
	if properties.PolicyType != "TargetTrackingScaling" || !known {
		return fmt.Errorf("its policy is %s on %q: the local place tracks a service's average CPU or memory",
			properties.PolicyType, c.PredefinedMetricSpecification.PredefinedMetricType)
	}
	_, s := p.target.current()
	p.policy = scaling.Policy{
		Name: properties.PolicyName, ResourceID: plain(p.target.properties["ResourceId"]), TargetValue: float64(c.TargetValue),
		ScaleOutCooldown: cooldown(c.ScaleOutCooldown), ScaleInCooldown: cooldown(c.ScaleInCooldown), DisableScaleIn: bool(c.DisableScaleIn),
		Metric: s.metric("AWS/ECS", metric), Statistic: "Average",
	}
	return nil
}

// cooldown: AWS's default for ECS is 300 seconds.
func cooldown(n *number) time.Duration {
	if n == nil {
		return 300 * time.Second
	}
	return time.Duration(float64(*n) * float64(time.Second))
}

func (p *scalingPolicy) start(context.Context) error {
	return p.target.follow(func(all []*scalingPolicy) []*scalingPolicy { return append(all, p) })
}

func (p *scalingPolicy) stop(context.Context) error {
	return p.target.follow(func(all []*scalingPolicy) []*scalingPolicy {
		return slices.DeleteFunc(all, func(other *scalingPolicy) bool { return other == p })
	})
}

func (p *scalingPolicy) update(_ context.Context, d declared) error {
	if err := p.read(d); err != nil {
		return err
	}
	return p.target.follow(func(all []*scalingPolicy) []*scalingPolicy { return all })
}

func (p *scalingPolicy) ref() string {
	return p.arn("autoscaling", "scalingPolicy:local:resource/ecs/"+p.policy.ResourceID+":policyName/"+p.policy.Name)
}

func (p *scalingPolicy) attribute(name string) (string, bool) {
	return p.ref(), name == "Arn"
}
