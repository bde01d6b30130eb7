package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// untouched wants the catalog's stack as serving has left it, and no command
// of the CDK's about it.
func (c cloudTest) untouched() {
	c.t.Helper()
	c.aws.Do(func() {
		stack := c.aws.Stacks["stack-catalog-dev"]
		if stack.Status != "CREATE_COMPLETE" || stack.Parameters["ImageDigest"] != newDigest {
			c.t.Errorf("the catalog's stack is %s with %v", stack.Status, stack.Parameters)
		}
		for _, args := range c.aws.Commands {
			if slices.Contains(args, "stack-catalog-dev") {
				c.t.Errorf("the CDK was asked for %v", args)
			}
		}
	})
}

// TestX6_PushCutOffAFewTimesGoesOn: by itself.
func TestX6_PushCutOffAFewTimesGoesOn(t *testing.T) {
	t.Parallel()
	c := newCloudTest(t)
	c.serving()
	c.aws.Do(func() { c.aws.Cuts = 3 })
	r := c.call(deployYes()...)
	c.ends(r, 0, "smoke")
	if said := r.stderr.String(); !strings.Contains(said, "the connection broke, it goes on from where it was") || strings.Contains(said, "/uploads/") {
		t.Errorf("it says %s", said)
	}
	c.aws.Do(func() {
		if c.aws.Cuts != 0 || c.aws.Stacks["stack-catalog-dev"].Parameters["ImageDigest"] == newDigest {
			t.Errorf("%d cuts are left, and the stack has %v", c.aws.Cuts, c.aws.Stacks["stack-catalog-dev"].Parameters)
		}
		for blob, times := range c.aws.Sent {
			if times != 1 {
				t.Errorf("%s was sent %d times", blob, times)
			}
		}
	})
}

// TestX6_PushThatIsAlwaysCutOffChangesNothing: one sentence, and the next
// deployment sends what is missing and no more.
func TestX6_PushThatIsAlwaysCutOffChangesNothing(t *testing.T) {
	t.Parallel()
	c := newCloudTest(t)
	c.serving()
	c.aws.Do(func() { c.aws.Cuts = 1 << 20 })
	begin := time.Now()
	r := c.call(deployYes()...)
	c.ends(r, exitFailed, "the image is not in ecr-catalog-dev and nothing that runs has changed: the connection to", "broke 6 times",
		"go on with bin/catalogctl deploy --suffix dev, which sends only what is missing")
	if took := time.Since(begin); took > time.Minute {
		t.Errorf("it took %s to say so", took)
	}
	for _, part := range []string{"push again", "mend it", "/uploads/"} {
		if strings.Contains(r.stderr.String(), part) {
			t.Errorf("the sentence has %q: %s", part, r.stderr.String())
		}
	}
	c.untouched()
	var before map[string]int
	c.aws.Do(func() { before, c.aws.Cuts = maps.Clone(c.aws.Sent), 0 })
	if len(before) == 0 {
		t.Error("nothing small had arrived, which is what the next deployment need not send")
	}
	c.ends(c.call(deployYes()...), 0, "smoke")
	c.aws.Do(func() {
		for blob, times := range c.aws.Sent {
			if times != 1 {
				t.Errorf("%s was sent %d times", blob, times)
			}
		}
		if missing := len(c.aws.Sent) - len(before); missing < 2 { // a program for each platform at least
			t.Errorf("%d blobs were missing", missing)
		}
	})
}
