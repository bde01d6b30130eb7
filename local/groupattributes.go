package local

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"catalog/local/balancer"
)

// targetGroupSettings reads a target group's properties and attributes, by
// AWS's names, with ALB's defaults.
func targetGroupSettings(d declared) (s balancer.GroupSettings, err error) {
	var p struct {
		Protocol, ProtocolVersion, TargetType                 string
		HealthCheckPath, HealthCheckProtocol                  string
		HealthCheckPort                                       text
		HealthCheckIntervalSeconds, HealthCheckTimeoutSeconds number
		HealthyThresholdCount, UnhealthyThresholdCount        number
		Matcher                                               struct{ HttpCode string }
		TargetGroupAttributes                                 attributes
	}
	if err := d.decode(&p); err != nil {
		return s, err
	}
	for name, value := range map[string]string{"protocol": p.Protocol, "health check's protocol": p.HealthCheckProtocol} {
		if value != "" && value != "HTTP" {
			return s, fmt.Errorf("its %s is %s: the local place talks HTTP to its targets", name, value)
		}
	}
	if p.ProtocolVersion != "" && p.ProtocolVersion != "HTTP1" {
		return s, fmt.Errorf("its protocol version is %s: the local place talks HTTP1 to its targets", p.ProtocolVersion)
	}
	s = balancer.GroupSettings{
		Path:             orElse(p.HealthCheckPath, "/"),
		Interval:         seconds(p.HealthCheckIntervalSeconds, 30*time.Second),
		Timeout:          seconds(p.HealthCheckTimeoutSeconds, 5*time.Second),
		HealthyThreshold: orInt(p.HealthyThresholdCount, 5), UnhealthyThreshold: orInt(p.UnhealthyThresholdCount, 2),
	}
	if s.Path[0] != '/' {
		return s, fmt.Errorf("its HealthCheckPath is %q: it must begin with /", s.Path)
	}
	if s.Port, err = checkPort(string(p.HealthCheckPort)); err != nil {
		return s, err
	}
	if s.Matcher, err = balancer.ParseMatcher(orElse(p.Matcher.HttpCode, "200")); err != nil {
		return s, err
	}
	return s, p.TargetGroupAttributes.apply(&s)
}

// checkPort reads HealthCheckPort; 0 is each target's own.
func checkPort(text string) (int, error) {
	if text == "" || text == "traffic-port" {
		return 0, nil
	}
	port, err := strconv.Atoi(text)
	if err != nil || port < 1 || port > 65535 {
		return 0, fmt.Errorf("its HealthCheckPort is %q: it must be traffic-port or 1 to 65535", text)
	}
	return port, nil
}

// apply reads the attributes (AWS: "Target group attributes").
func (a attributes) apply(s *balancer.GroupSettings) (err error) {
	if s.DeregistrationDelay, err = a.seconds("deregistration_delay.timeout_seconds", "300", 0, 3600); err != nil {
		return err
	}
	if a.get("slow_start.duration_seconds", "0") != "0" {
		if s.SlowStart, err = a.seconds("slow_start.duration_seconds", "0", 30, 900); err != nil {
			return err
		}
	}
	sticky, err := a.isOn("stickiness.enabled", "false")
	if err != nil {
		return err
	}
	if sticky {
		return errors.New("stickiness.enabled is true: the local place has no sticky sessions, so turn them off")
	}
	switch algorithm := a.get("load_balancing.algorithm.type", "round_robin"); algorithm {
	case "round_robin":
	case "least_outstanding_requests":
		s.LeastOutstanding = true
	default:
		return fmt.Errorf("load_balancing.algorithm.type is %s: the local place has round_robin and least_outstanding_requests", algorithm)
	}
	if s.LeastOutstanding && s.SlowStart > 0 {
		return errors.New("it has slow_start.duration_seconds with least_outstanding_requests: AWS has slow start for round_robin only")
	}
	return nil
}

func orInt(n number, fallback int) int {
	if n == 0 {
		return fallback
	}
	return int(n)
}
