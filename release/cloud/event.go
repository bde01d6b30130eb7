package cloud

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

// Event is a step in a stack's life.
type Event struct {
	Time   time.Time
	Stack  string
	ID     string // the logical one; of the stack itself, its name
	Type   string
	Status string
	Reason string
}

// Failed says whether it went wrong.
func (e Event) Failed() bool { return strings.HasSuffix(e.Status, "_FAILED") }

// ofTheStack says whether it is about the stack as a whole.
func (e Event) ofTheStack() bool { return e.Type == "AWS::CloudFormation::Stack" && e.ID == e.Stack }

// Watch reads what is new in a stack's events.
type Watch struct {
	account *Account
	stack   string
	seen    map[string]bool
	begin   time.Time
}

// Watch begins with what happens from now on. AWS's clock counts, and by its
// newest event: this machine's may be wrong.
func (a *Account) Watch(ctx context.Context, stack string) (*Watch, error) {
	w := &Watch{account: a, stack: stack, seen: map[string]bool{}}
	if _, err := w.read(ctx, true); err != nil {
		return nil, err
	}
	return w, nil
}

// Read answers the events since the last time, the oldest first. A stack that
// does not exist yet has none.
func (w *Watch) Read(ctx context.Context) ([]Event, error) { return w.read(ctx, false) }

// read goes back page by page until it meets what it has seen (AWS API
// Reference: "DescribeStackEvents", the newest come first). To begin, the
// first page is enough.
func (w *Watch) read(ctx context.Context, onlyFirst bool) ([]Event, error) {
	var events []Event
	pages := cloudformation.NewDescribeStackEventsPaginator(cloudformation.NewFromConfig(w.account.config),
		&cloudformation.DescribeStackEventsInput{StackName: aws.String(w.stack)})
	met := false
	for pages.HasMorePages() && !met {
		page, err := pages.NextPage(ctx)
		if err != nil && notThere(err) {
			return nil, nil
		}
		if err != nil {
			return nil, explain("what happens to the stack "+w.stack+" cannot be read", err)
		}
		for _, e := range page.StackEvents {
			id, at := aws.ToString(e.EventId), aws.ToTime(e.Timestamp)
			if w.seen[id] || at.Before(w.begin) {
				met = true
				break
			}
			w.seen[id] = true
			events = append(events, Event{
				Time: at, Stack: aws.ToString(e.StackName), ID: aws.ToString(e.LogicalResourceId),
				Type: aws.ToString(e.ResourceType), Status: string(e.ResourceStatus), Reason: aws.ToString(e.ResourceStatusReason),
			})
		}
		if onlyFirst {
			if len(events) > 0 {
				w.begin = events[0].Time
			}
			return nil, nil
		}
	}
	slices.Reverse(events)
	return events, nil
}

// FirstFailure finds what a roll-back was about: the first resource that
// failed by itself. Those that CloudFormation cancelled because of it say so.
func FirstFailure(events []Event) (Event, bool) {
	for _, e := range events {
		if e.Failed() && !e.ofTheStack() && !strings.Contains(e.Reason, "cancelled") {
			return e, true
		}
	}
	for _, e := range events {
		if e.ofTheStack() && e.Reason != "" && (e.Failed() || strings.Contains(e.Status, "ROLLBACK_IN_PROGRESS")) {
			return e, true
		}
	}
	return Event{}, false
}
