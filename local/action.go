package local

import (
	"errors"
	"fmt"

	"catalog/local/balancer"
)

// actionProperties is one action of a rule or a listener.
type actionProperties struct {
	Type           string
	TargetGroupArn string
	ForwardConfig  *struct {
		TargetGroups []struct {
			TargetGroupArn string
			Weight         *number
		}
		TargetGroupStickinessConfig struct{ Enabled flag }
	}
	FixedResponseConfig *struct {
		StatusCode               number
		ContentType, MessageBody string
	}
	RedirectConfig *struct {
		Protocol, Host, Path, Query, StatusCode string
		Port                                    text
	}
}

// newAction reads the one action of a rule or listener of a load balancer, and
// puts its target groups behind it.
func newAction(e *Environment, lb *loadBalancer, properties []actionProperties) (balancer.Action, error) {
	var a balancer.Action
	if len(properties) != 1 {
		return a, fmt.Errorf("it has %d actions: the local place takes exactly one", len(properties))
	}
	p := properties[0]
	switch {
	case p.Type == "fixed-response" && p.FixedResponseConfig != nil:
		f := p.FixedResponseConfig
		a.Fixed = &balancer.Fixed{Status: int(f.StatusCode), ContentType: f.ContentType, Body: f.MessageBody}
		return a, a.Check()
	case p.Type == "redirect" && p.RedirectConfig != nil:
		r := p.RedirectConfig
		if r.StatusCode != "HTTP_301" && r.StatusCode != "HTTP_302" {
			return a, fmt.Errorf("its redirect has the status %q: it must be HTTP_301 or HTTP_302", r.StatusCode)
		}
		a.Redirect = &balancer.Redirect{
			Protocol: r.Protocol, Host: r.Host, Port: string(r.Port), Path: r.Path, Query: r.Query, Permanent: r.StatusCode == "HTTP_301",
		}
		return a, a.Check()
	case p.Type == "forward":
		return newForward(e, lb, p)
	}
	return a, errors.New("its action " + p.Type + " is not known to the local place, which has forward, fixed-response and redirect")
}

func newForward(e *Environment, lb *loadBalancer, p actionProperties) (balancer.Action, error) {
	var a balancer.Action
	if p.ForwardConfig == nil {
		group, err := groupBehind(e, lb, p.TargetGroupArn)
		if err == nil {
			a.Forward = []balancer.Weighted{{Group: group.engine, Weight: 1}}
		}
		return a, err
	}
	if p.ForwardConfig.TargetGroupStickinessConfig.Enabled {
		return a, errors.New("its action keeps clients at a target group (TargetGroupStickinessConfig): the local place does not, so turn it off")
	}
	for _, g := range p.ForwardConfig.TargetGroups {
		group, err := groupBehind(e, lb, g.TargetGroupArn)
		if err != nil {
			return a, err
		}
		weight := 1
		if g.Weight != nil {
			weight = int(*g.Weight)
		}
		a.Forward = append(a.Forward, balancer.Weighted{Group: group.engine, Weight: weight})
	}
	return a, a.Check()
}

// groupBehind finds a target group and puts it behind the load balancer.
func groupBehind(e *Environment, lb *loadBalancer, ref string) (*targetGroup, error) {
	group, err := find[*targetGroup](e, ref)
	if err != nil {
		return nil, err
	}
	return group, group.attach(lb)
}

// flag is a property that CloudFormation takes as true or "true".
type flag bool

func (f *flag) UnmarshalJSON(content []byte) error {
	*f = string(content) == "true" || string(content) == `"true"`
	return nil
}

// text is a property that CloudFormation takes as "443" or 443.
type text string

func (t *text) UnmarshalJSON(content []byte) error {
	if len(content) > 1 && content[0] == '"' {
		content = content[1 : len(content)-1]
	}
	*t = text(content)
	return nil
}
