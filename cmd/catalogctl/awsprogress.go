package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"catalog/release/cloud"
)

// stackChange is a change of one stack that is under way: what the CDK's
// command line does, and what is seen of it meanwhile.
type stackChange struct {
	account *cloud.Account
	options awsOptions
	stack   string
	again   string // the command that goes on from here
	t       *talk
	events  []cloud.Event
}

// run shows the stack's events while do changes it, and says why it failed.
// watched is its name or, where it will be gone, its id.
func (c *stackChange) run(ctx context.Context, watched string, do func(context.Context) error) error {
	watch, err := c.account.Watch(ctx, watched)
	if err != nil {
		return err
	}
	begin := time.Now()
	c.t.say("%s", c.stack)
	ended := make(chan error, 1)
	go func() { ended <- do(ctx) }()
	pause, _, _ := pauses(c.account)
	for {
		select {
		case err := <-ended:
			last, cancel := lastWord(ctx)
			defer cancel()
			c.show(last, watch)
			if err != nil {
				return c.explain(last, err)
			}
			c.t.done("stack", c.result(), begin)
			return nil
		case <-time.After(pause):
			c.show(ctx, watch)
		}
	}
}

// show prints what is new. That it cannot be read for once is no failure of
// the change: CloudFormation goes on.
func (c *stackChange) show(ctx context.Context, watch *cloud.Watch) {
	news, err := watch.Read(ctx)
	if err != nil {
		return
	}
	for _, e := range news {
		c.events = append(c.events, e)
		c.t.stackEvent(e)
	}
}

func (c *stackChange) result() string {
	if len(c.events) == 0 {
		return c.stack + " is what it should be, nothing changed"
	}
	return c.stack + " " + strings.ToLower(strings.ReplaceAll(c.events[len(c.events)-1].Status, "_", " "))
}

// explain says in one sentence what the end of a change was about, in which
// state the stack is, and the command that goes on from there.
func (c *stackChange) explain(ctx context.Context, err error) error {
	stack, stateErr := c.account.Stack(ctx, c.stack)
	var failure *cloud.Failure
	watch := c.options.self("status --aws")
	switch {
	case errors.As(stateErr, &failure) && failure.Expired:
		return fmt.Errorf("the credentials have expired while CloudFormation works on %s, which goes on without them: sign in again (aws sso login), look with %s, and go on with %s", c.stack, watch, c.again)
	case stateErr != nil:
		return fmt.Errorf("the change of %s ended (%w) and its state cannot be read: look with %s, and go on with %s", c.stack, err, watch, c.again)
	case errors.Is(err, context.Canceled) && stack.Busy():
		return &exitError{exitInterrupted, fmt.Errorf("interrupted, and CloudFormation goes on with %s (%s): %s shows it, %s goes on from there, and %s takes it back", c.stack, stack.Status, watch, c.again, c.takeBack(stack))}
	case errors.Is(err, context.Canceled):
		return &exitError{exitInterrupted, fmt.Errorf("interrupted, and CloudFormation does nothing about %s (%s): %s goes on from here", c.stack, stateOf(stack), c.again)}
	}
	if cause, ok := cloud.FirstFailure(c.events); ok {
		return fmt.Errorf("%s is %s since %s (%s) failed: %s: mend it, and go on with %s", c.stack, stateOf(stack), cause.ID, cause.Type, strings.Join(strings.Fields(cause.Reason), " "), c.again)
	}
	return fmt.Errorf("%s is %s: %w: mend it, and go on with %s", c.stack, stateOf(stack), err, c.again)
}

// takeBack is the command that undoes what is under way.
func (c *stackChange) takeBack(stack cloud.Stack) string {
	switch {
	case strings.HasPrefix(stack.Status, "UPDATE_IN"):
		return "aws cloudformation cancel-update-stack --region " + c.account.Region + " --stack-name " + c.stack
	case strings.HasPrefix(stack.Status, "DELETE_"):
		return "nothing"
	}
	return c.options.self("destroy")
}

func stateOf(stack cloud.Stack) string {
	if !stack.Exists() {
		return "not there"
	}
	return stack.Status
}

// stackEvent prints a step of CloudFormation's. What begins is left out: what
// ends says how, and a stack has a hundred resources.
func (t *talk) stackEvent(e cloud.Event) {
	if strings.HasSuffix(e.Status, "_IN_PROGRESS") && e.Reason == "" && !strings.Contains(e.Status, "ROLLBACK") {
		return
	}
	colour := colourOf(e.Status)
	reason := ""
	if e.Reason != "" {
		reason = "  " + strings.Join(strings.Fields(e.Reason), " ")
	}
	t.say("  %s %s %s %s%s", e.Time.Local().Format(time.TimeOnly), t.paint(colour, fmt.Sprintf("%-18s", e.Status)), e.Type, e.ID, t.paint(grey, reason))
}
