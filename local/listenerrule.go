package local

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
)

// listenerRule sends what matches all its conditions to its action.
type listenerRule struct {
	declared
	listener   *listener
	priority   int
	conditions []ruleCondition
	action     *action
}

type ruleCondition struct {
	Field             string
	PathPatternConfig struct{ Values []string }
}

func newListenerRule(e *Environment, d declared) (runner, error) {
	var p struct {
		ListenerArn string
		Priority    number
		Conditions  []ruleCondition
		Actions     []actionProperties
	}
	if err := d.decode(&p); err != nil {
		return nil, err
	}
	l, err := find[*listener](e, p.ListenerArn)
	if err != nil {
		return nil, err
	}
	for _, c := range p.Conditions {
		if c.Field != "path-pattern" {
			return nil, fmt.Errorf("its condition on %s is not known to the local place, which has path-pattern", c.Field)
		}
	}
	a, err := newAction(e, l.balancer, p.Actions)
	if err != nil {
		return nil, err
	}
	return &listenerRule{declared: d, listener: l, priority: int(p.Priority), conditions: p.Conditions, action: a}, nil
}

func (r *listenerRule) start(context.Context) error { return r.listener.add(r) }

func (r *listenerRule) stop(context.Context) error {
	r.listener.remove(r)
	return nil
}

func (r *listenerRule) ref() string {
	return r.arn("elasticloadbalancing", "listener-rule/app/"+r.listener.balancer.name()+"/local/"+
		strconv.Itoa(r.listener.port)+"/"+strconv.Itoa(r.priority))
}

func (r *listenerRule) attribute(name string) (string, bool) { return r.ref(), name == "RuleArn" }

func (r *listenerRule) matches(request *http.Request) bool {
	for _, c := range r.conditions {
		if !matchesAny(c.PathPatternConfig.Values, request.URL.EscapedPath()) {
			return false
		}
	}
	return true
}

func matchesAny(patterns []string, path string) bool {
	for _, pattern := range patterns {
		if matchPattern(pattern, path) {
			return true
		}
	}
	return false
}

// matchPattern matches a path against a pattern of an Application Load
// Balancer: * is any run of characters, ? any one, case matters, and the
// pattern covers the whole path without the query (AWS: "Condition types for
// listener rules").
func matchPattern(pattern, path string) bool {
	p, s := 0, 0
	star, mark := -1, 0 // the last * and where its run ends
	for s < len(path) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, s
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == path[s]):
			p++
			s++
		case star >= 0: // the last * takes one more character
			mark++
			p, s = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// actionProperties is one action of a rule or a listener.
type actionProperties struct {
	Type           string
	TargetGroupArn string
	ForwardConfig  *struct {
		TargetGroups []struct {
			TargetGroupArn string
			Weight         *number
		}
	}
	FixedResponseConfig *struct {
		StatusCode               number
		ContentType, MessageBody string
	}
}

// action answers a request: with a fixed response, or from a target group.
type action struct {
	fixed *fixedResponse
	split []weightedGroup
	total int
}

type fixedResponse struct {
	status            int
	contentType, body string
}

type weightedGroup struct {
	group  *targetGroup
	weight int
}

// newAction reads the one action of a rule or listener of a load balancer.
func newAction(e *Environment, balancer *loadBalancer, properties []actionProperties) (*action, error) {
	if len(properties) != 1 {
		return nil, fmt.Errorf("it has %d actions: the local place takes exactly one", len(properties))
	}
	p := properties[0]
	switch {
	case p.Type == "fixed-response" && p.FixedResponseConfig != nil:
		f := p.FixedResponseConfig
		return &action{fixed: &fixedResponse{int(f.StatusCode), f.ContentType, f.MessageBody}}, nil
	case p.Type == "forward" && p.ForwardConfig != nil:
		a := &action{}
		for _, g := range p.ForwardConfig.TargetGroups {
			group, err := groupBehind(e, balancer, g.TargetGroupArn)
			if err != nil {
				return nil, err
			}
			weight := 1
			if g.Weight != nil {
				weight = int(*g.Weight)
			}
			a.split = append(a.split, weightedGroup{group, weight})
			a.total += weight
		}
		return a, nil
	case p.Type == "forward" && p.TargetGroupArn != "":
		group, err := groupBehind(e, balancer, p.TargetGroupArn)
		return &action{split: []weightedGroup{{group, 1}}, total: 1}, err
	}
	return nil, errors.New("its action " + p.Type + " is not known to the local place, which has forward and fixed-response")
}

// groupBehind finds a target group and puts it behind the load balancer.
func groupBehind(e *Environment, balancer *loadBalancer, ref string) (*targetGroup, error) {
	group, err := find[*targetGroup](e, ref)
	if err != nil {
		return nil, err
	}
	return group, group.attach(balancer)
}

func (a *action) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if a.fixed != nil {
		answerFixed(w, *a.fixed)
		return
	}
	if a.total == 0 {
		answerFixed(w, noTargets)
		return
	}
	n := rand.IntN(a.total)
	for _, g := range a.split {
		if n < g.weight {
			g.group.forward(w, r)
			return
		}
		n -= g.weight
	}
}

func answerFixed(w http.ResponseWriter, f fixedResponse) {
	w.Header().Set("Server", "awselb/2.0")
	if f.contentType != "" {
		w.Header().Set("Content-Type", f.contentType)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(f.body)))
	w.WriteHeader(f.status)
	w.Write([]byte(f.body))
}
