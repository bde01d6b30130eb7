package local

import (
	"fmt"
	"strconv"
	"time"

	"catalog/local/balancer"
)

// loadBalancerSettings reads a load balancer's attributes, by AWS's names
// ("Edit attributes for your Application Load Balancer"). logs is
// access_logs.s3.enabled. Attributes that mean nothing on one machine, like
// zones and deletion protection, are not looked at.
func loadBalancerSettings(d declared) (s balancer.Settings, logs bool, err error) {
	var p struct {
		Type                   string
		LoadBalancerAttributes attributes
	}
	if err := d.decode(&p); err != nil {
		return s, false, err
	}
	if p.Type != "application" && p.Type != "" {
		return s, false, fmt.Errorf("its type is %s: the local place has application load balancers", p.Type)
	}
	a := p.LoadBalancerAttributes
	if s.IdleTimeout, err = a.seconds("idle_timeout.timeout_seconds", "60", 1, 4000); err != nil {
		return s, false, err
	}
	if s.KeepAlive, err = a.seconds("client_keep_alive.seconds", "3600", 60, 604800); err != nil {
		return s, false, err
	}
	for name, b := range map[string]*bool{
		"routing.http.drop_invalid_header_fields.enabled": &s.DropInvalidFields,
		"routing.http.xff_client_port.enabled":            &s.ForwardedPort,
		"access_logs.s3.enabled":                          &logs,
	} {
		if *b, err = a.isOn(name, "false"); err != nil {
			return s, false, err
		}
	}
	if s.HTTP2, err = a.isOn("routing.http2.enabled", "true"); err != nil {
		return s, false, err
	}
	switch mode := a.get("routing.http.xff_header_processing.mode", "append"); mode {
	case "append":
	case "preserve":
		s.ForwardedFor = balancer.PreserveForwardedFor
	case "remove":
		s.ForwardedFor = balancer.RemoveForwardedFor
	default:
		return s, false, fmt.Errorf("routing.http.xff_header_processing.mode is %q: it must be append, preserve or remove", mode)
	}
	switch mode := a.get("routing.http.desync_mitigation_mode", "defensive"); mode {
	case "monitor", "defensive":
	case "strictest":
		s.Strict = true
	default:
		return s, false, fmt.Errorf("routing.http.desync_mitigation_mode is %q: it must be monitor, defensive or strictest", mode)
	}
	return s, logs, s.Check()
}

// seconds reads an attribute that is a number of seconds between two others.
func (a attributes) seconds(name, fallback string, least, most int) (time.Duration, error) {
	n, err := strconv.Atoi(a.get(name, fallback))
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%s must be %d to %d", name, least, most)
	}
	return time.Duration(n) * time.Second, nil
}

func (a attributes) isOn(name, fallback string) (bool, error) {
	switch value := a.get(name, fallback); value {
	case "true", "false":
		return value == "true", nil
	default:
		return false, fmt.Errorf("%s is %q: it must be true or false", name, value)
	}
}
