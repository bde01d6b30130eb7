package local

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// serviceProperties are those of AWS::ECS::Service that the local place runs.
type serviceProperties struct {
	ServiceName                   string
	Cluster                       string
	TaskDefinition                string
	DesiredCount                  *number
	CapacityProviderStrategy      []strategyItem
	HealthCheckGracePeriodSeconds number
	LoadBalancers                 []serviceLoadBalancer
	DeploymentConfiguration       deploymentConfiguration
	NetworkConfiguration          struct {
		AwsvpcConfiguration struct{ Subnets []string }
	}
}

type serviceLoadBalancer struct {
	TargetGroupArn        string
	ContainerName         string
	ContainerPort         number
	AdvancedConfiguration *struct {
		AlternateTargetGroupArn, ProductionListenerRule, TestListenerRule string
	}
}

type deploymentConfiguration struct {
	Strategy                              string
	BakeTimeInMinutes                     *number
	MinimumHealthyPercent, MaximumPercent *number
	DeploymentCircuitBreaker              struct{ Enable, Rollback bool }
	Alarms                                struct {
		AlarmNames       []string
		Enable, Rollback bool
	}
}

// serviceSettings are a service's properties with all that they refer to.
type serviceSettings struct {
	props      serviceProperties
	cluster    *cluster
	definition *taskDefinition
	zones      []string
	ports      []loadBalanced
}

// loadBalanced is one entry of LoadBalancers: the target groups of both
// colours, and the rules that lead to them. Without blue/green both groups are
// one and there are no rules.
type loadBalanced struct {
	groups           [2]*targetGroup
	production, test *listenerRule
}

// Strategies of a deployment, and ECS's defaults (AWS:
// "DeploymentConfiguration").
const (
	rolling                = "ROLLING"
	blueGreen              = "BLUE_GREEN"
	defaultMinHealthy      = 100
	defaultMaximum         = 200
	defaultBakeTimeMinutes = 36 * 60
)

func readServiceSettings(e *Environment, d declared) (serviceSettings, error) {
	var s serviceSettings
	if err := d.decode(&s.props); err != nil {
		return s, err
	}
	var err error
	if s.cluster, err = find[*cluster](e, s.props.Cluster); err != nil {
		return s, err
	}
	if s.definition, err = find[*taskDefinition](e, s.props.TaskDefinition); err != nil {
		return s, err
	}
	for _, lb := range s.props.LoadBalancers {
		port, err := readLoadBalanced(e, lb)
		if err != nil {
			return s, err
		}
		s.ports = append(s.ports, port)
	}
	if err := s.checkStrategy(); err != nil {
		return s, err
	}
	s.zones = e.zonesOf(d.stack.Name, s.props.NetworkConfiguration.AwsvpcConfiguration.Subnets)
	return s, checkStrategy(s.props.CapacityProviderStrategy, s.cluster.has)
}

// checkStrategy refuses what ECS refuses of a deployment's configuration.
func (s serviceSettings) checkStrategy() error {
	switch c := s.props.DeploymentConfiguration; {
	case c.Strategy != "" && c.Strategy != rolling && c.Strategy != blueGreen:
		return fmt.Errorf("its deployment strategy is %s: the local place has %s and %s", c.Strategy, rolling, blueGreen)
	case c.Strategy == blueGreen && slices.ContainsFunc(s.ports, func(p loadBalanced) bool { return p.production == nil }):
		return errors.New("its deployment strategy is BLUE_GREEN, and a load balancer of it has no alternate target group: give it an AdvancedConfiguration")
	case s.minimumHealthy(100) >= 100 && s.maximum(100) <= 100:
		return errors.New("it may neither have more tasks than desired nor fewer, so no deployment could begin: raise MaximumPercent or lower MinimumHealthyPercent")
	}
	return nil
}

func readLoadBalanced(e *Environment, lb serviceLoadBalancer) (loadBalanced, error) {
	var port loadBalanced
	group, err := find[*targetGroup](e, lb.TargetGroupArn)
	if err != nil {
		return port, err
	}
	port.groups = [2]*targetGroup{group, group}
	advanced := lb.AdvancedConfiguration
	if advanced == nil {
		return port, nil
	}
	if port.groups[1], err = find[*targetGroup](e, advanced.AlternateTargetGroupArn); err != nil {
		return port, err
	}
	if port.production, err = find[*listenerRule](e, advanced.ProductionListenerRule); err != nil {
		return port, err
	}
	if advanced.TestListenerRule != "" {
		port.test, err = find[*listenerRule](e, advanced.TestListenerRule)
	}
	return port, err
}

func (s serviceSettings) isBlueGreen() bool {
	return s.props.DeploymentConfiguration.Strategy == blueGreen
}

// minimumHealthy is how many tasks must stay healthy, rounded up, and maximum
// how many may run, rounded down (AWS: "DeploymentConfiguration").
func (s serviceSettings) minimumHealthy(desired int) int {
	return (desired*percent(s.props.DeploymentConfiguration.MinimumHealthyPercent, defaultMinHealthy) + 99) / 100
}

func (s serviceSettings) maximum(desired int) int {
	return desired * percent(s.props.DeploymentConfiguration.MaximumPercent, defaultMaximum) / 100
}

func percent(n *number, fallback int) int {
	if n == nil {
		return fallback
	}
	return int(*n)
}

// bakeTime is how long both colours run after the shift.
func (s serviceSettings) bakeTime() time.Duration {
	minutes := number(defaultBakeTimeMinutes)
	if given := s.props.DeploymentConfiguration.BakeTimeInMinutes; given != nil {
		minutes = *given
	}
	return time.Duration(float64(minutes) * float64(time.Minute))
}

// zonesOf finds the zones of subnets by their references.
func (e *Environment) zonesOf(stack string, subnets []string) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var zones []string
	for _, r := range e.resources[stack] {
		recorded, ok := r.(record)
		if !ok || recorded.typ != "AWS::EC2::Subnet" || !slices.Contains(subnets, recorded.ref()) {
			continue
		}
		if zone, ok := recorded.properties["AvailabilityZone"].(string); ok {
			zones = append(zones, zone)
		}
	}
	slices.Sort(zones)
	return slices.Compact(zones)
}
