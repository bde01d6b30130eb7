package balancer

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
)

// Rule sends what all its conditions hold for to its action.
type Rule struct {
	// Priority is 1 to 50,000; the lowest is asked first.
	Priority   int
	Conditions []Condition
	Action     Action
}

// maxPriority is ALB's (AWS: "Listener rules for your Application Load
// Balancer").
const maxPriority = 50_000

// Compile checks a rule and makes it ready for a Table.
func (r *Rule) Compile() error {
	if r.Priority < 1 || r.Priority > maxPriority {
		return fmt.Errorf("its priority is %d: it must be 1 to %d", r.Priority, maxPriority)
	}
	if len(r.Conditions) == 0 {
		return errors.New("it has no condition: give it one, or use the listener's default action")
	}
	values := 0
	for i := range r.Conditions {
		if err := r.Conditions[i].compile(); err != nil {
			return err
		}
		values += len(r.Conditions[i].Values) + len(r.Conditions[i].Pairs)
	}
	if values > maxValues {
		return fmt.Errorf("its conditions have %d values: a rule has at most %d over all its conditions, so split it", values, maxValues)
	}
	return r.Action.Check()
}

func (r *Rule) holds(request *request) bool {
	for i := range r.Conditions {
		if !r.Conditions[i].holds(request) {
			return false
		}
	}
	return true
}

// Table is what a listener goes by: compiled rules, and a default action for
// what no rule holds for.
type Table struct {
	Rules   []Rule
	Default Action
}

// sorted is a table with its rules by priority.
func (t Table) sorted() *Table {
	t.Rules = slices.Clone(t.Rules)
	slices.SortStableFunc(t.Rules, func(a, b Rule) int { return cmp.Compare(a.Priority, b.Priority) })
	return &t
}

// choose finds the action for a request; priority 0 is the default's.
func (t *Table) choose(r *request) (action *Action, priority int) {
	for i := range t.Rules {
		if t.Rules[i].holds(r) {
			return &t.Rules[i].Action, t.Rules[i].Priority
		}
	}
	return &t.Default, 0
}

// Action answers a request: exactly one of its three is set.
type Action struct {
	Forward  []Weighted
	Fixed    *Fixed
	Redirect *Redirect
}

// Weighted is a target group with its share of the requests, 0 to 999.
type Weighted struct {
	Group  *Group
	Weight int
}

// Fixed is the answer of a fixed-response action.
type Fixed struct {
	Status            int
	ContentType, Body string
}

// maxWeight is ALB's; so is the number of groups.
const (
	maxWeight = 999
	maxGroups = 5
)

// Check says what ALB would refuse in an action.
func (a Action) Check() error {
	switch {
	case a.Fixed != nil:
		if class := a.Fixed.Status / 100; class != 2 && class != 4 && class != 5 {
			return fmt.Errorf("its fixed response has the status %d: it must be 2XX, 4XX or 5XX", a.Fixed.Status)
		}
		if len(a.Fixed.Body) > 1024 {
			return fmt.Errorf("the body of its fixed response has %d bytes: it may have 1024", len(a.Fixed.Body))
		}
	case a.Redirect != nil:
		return a.Redirect.check()
	case len(a.Forward) == 0 || len(a.Forward) > maxGroups:
		return fmt.Errorf("it forwards to %d target groups: an action has 1 to %d", len(a.Forward), maxGroups)
	}
	for _, w := range a.Forward {
		if w.Weight < 0 || w.Weight > maxWeight {
			return fmt.Errorf("the weight of %s is %d: it must be 0 to %d", w.Group.Name, w.Weight, maxWeight)
		}
	}
	return nil
}

// draw takes a group by weight; nil where every weight is 0. ALB draws before
// it looks at targets: a drawn group without any answers 503.
func (a *Action) draw() *Group {
	if len(a.Forward) == 1 {
		return a.Forward[0].Group // whatever its weight, as on AWS
	}
	total := 0
	for _, w := range a.Forward {
		total += w.Weight
	}
	if total == 0 {
		return nil
	}
	n := rand.IntN(total)
	for _, w := range a.Forward {
		if n < w.Weight {
			return w.Group
		}
		n -= w.Weight
	}
	return nil
}
