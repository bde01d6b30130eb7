package cloud

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Leftover is something that is still there after a destroy.
type Leftover struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Expected says why it may be there; empty, it must not.
	Expected string `json:"expected,omitempty"`
}

func (l Leftover) String() string { return l.Kind + " " + l.Name }

// Unexpected are those that must not be there.
func Unexpected(all []Leftover) []Leftover {
	return slices.DeleteFunc(slices.Clone(all), func(l Leftover) bool { return l.Expected != "" })
}

// sweeper looks for one kind of thing.
type sweeper struct {
	kind string
	find func(ctx context.Context, a *Account, n names) ([]Leftover, error)
}

// sweepers are what outlives stacks in practice: what AWS makes by itself
// beside them, what has a pending time, and everything that carries the
// environment's tags.
var sweepers = []sweeper{
	{"stacks", sweepStacks},
	{"log groups", sweepLogGroups},
	{"database clusters", sweepClusters},
	{"snapshots", sweepSnapshots},
	{"backups", sweepBackups},
	{"load balancers", sweepLoadBalancers},
	{"network interfaces", sweepInterfaces},
	{"image repositories", sweepRepositories},
	{"secrets", sweepSecrets},
	{"keys", sweepKeys},
	{"tagged resources", sweepTags},
}

// Sweep looks for everything that an environment may have left. What cannot
// be looked at is no clean answer: it comes as an error beside what was found.
func (a *Account) Sweep(ctx context.Context, suffix string) ([]Leftover, error) {
	var all []Leftover
	var failed error
	for _, s := range sweepers {
		found, err := s.find(ctx, a, names{suffix})
		if ctx.Err() != nil {
			return all, ctx.Err()
		}
		if err != nil && failed == nil {
			failed = explain("whether "+s.kind+" are left cannot be seen", err)
		}
		for _, one := range found {
			if !slices.ContainsFunc(all, func(l Leftover) bool { return l.Name == one.Name }) {
				all = append(all, one)
			}
		}
	}
	return all, failed
}

// SweepUntilClean looks again for a while: the tags of what was deleted are
// listed for some minutes, and network interfaces go after their owners.
func (a *Account) SweepUntilClean(ctx context.Context, suffix string, patience, pause time.Duration) ([]Leftover, error) {
	deadline := time.Now().Add(patience)
	for {
		all, err := a.Sweep(ctx, suffix)
		if err != nil || len(Unexpected(all)) == 0 || time.Now().After(deadline) {
			return all, err
		}
		select {
		case <-ctx.Done():
			return all, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// ours says whether a name belongs to an environment: it has its suffix at the
// end, or in front of a slash, after one of its own purposes.
func (n names) ours(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		for _, prefix := range []string{"logs-", "cluster-catalog-", "db-catalog-", "aws-waf-logs-", "stack-catalog-", "stack-registry-"} {
			if rest, ok := strings.CutPrefix(part, prefix); ok && (rest == n.suffix || strings.HasSuffix(rest, "-"+n.suffix)) {
				return true
			}
		}
	}
	// A Lambda of a custom resource: its stack, and more of its own.
	return strings.HasPrefix(name, "/aws/lambda/stack-catalog-"+n.suffix+"-")
}

// pendingUntil words a deletion that was asked for.
func pendingUntil(at time.Time) string {
	return fmt.Sprintf("its deletion is pending until %s", at.UTC().Format("2006-01-02"))
}
