package scaling_test

import (
	"strings"
	"testing"
	"time"

	"catalog/local/metrics"
	"catalog/local/scaling"
)

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// service is a scaler with a clock: each minute it puts a CPU and ticks.
type service struct {
	*scaling.Scaler
	t          *testing.T
	store      *metrics.Store
	now        time.Time
	tasks      int
	deployment bool
	activities []*scaling.Activity
}

func newService(t *testing.T, tasks int, policies ...scaling.Policy) *service {
	t.Helper()
	scaler, err := scaling.New(scaling.Target{Min: 2, Max: 10}, policies, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &service{Scaler: scaler, t: t, store: metrics.NewStore(), now: noon, tasks: tasks}
}

// minutes lets n minutes with a CPU go by and gives the number of tasks.
func (s *service) minutes(n int, values ...float64) int {
	s.t.Helper()
	for range n {
		for _, v := range values {
			s.store.Put(cpu, s.now, v)
		}
		s.now = s.now.Add(time.Minute)
		desired, activity := s.Tick(s.now, s.store, s.tasks, s.deployment)
		if (activity != nil) != (desired != s.tasks) {
			s.t.Errorf("from %d to %d tasks the activity is %v", s.tasks, desired, activity)
		}
		if activity != nil {
			s.activities = append(s.activities, activity)
		}
		s.tasks = desired
	}
	return s.tasks
}

func TestA1_ScaleOutIsInProportionAfterThreeMinutes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from int
		cpu  float64
		to   int
	}{{2, 71, 3}, {2, 100, 3}, {4, 90, 6}, {5, 140, 10}, {9, 100, 10}, {3, 70, 3}, {10, 99, 10}} {
		s := newService(t, c.from, cpuPolicy())
		if early := s.minutes(2, c.cpu); early != c.from {
			t.Errorf("after 2 minutes at %v %% there are %d tasks", c.cpu, early)
		}
		if got := s.minutes(1, c.cpu); got != c.to {
			t.Errorf("%d tasks at %v %% become %d, want %d", c.from, c.cpu, got, c.to)
		}
	}
}

func TestA3_ScaleInWaitsFifteenMinutesAndKeepsTheTarget(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from int
		cpu  float64
		to   int
	}{{10, 40, 6}, {5, 40, 3}, {3, 50, 3}, {9, 10, 2}, {10, 62, 9}, {4, 63, 4}} {
		s := newService(t, c.from, cpuPolicy())
		if early := s.minutes(14, c.cpu); early != c.from {
			t.Errorf("after 14 minutes at %v %% there are %d tasks", c.cpu, early)
		}
		if got := s.minutes(1, c.cpu); got != c.to {
			t.Errorf("%d tasks at %v %% become %d, want %d", c.from, c.cpu, got, c.to)
		}
	}
}

func TestA3_ScaleInDoesNotGoOnWithMinutesFromBeforeIt(t *testing.T) {
	t.Parallel()
	s := newService(t, 8, cpuPolicy())
	s.minutes(14, 40)
	// The metric is a minute late, so two more minutes are still of 8 tasks.
	if got := s.minutes(3, 40); got != 5 {
		t.Errorf("8 tasks at 40 %% become %d, want 5", got)
	}
	if got := s.minutes(20, 64); got != 5 {
		t.Errorf("5 tasks at 64 %% become %d, want 5", got)
	}
}

func TestA3_ScaleInTakesTheBusiestMinuteAndCanBeDisabled(t *testing.T) {
	t.Parallel()
	s := newService(t, 10, cpuPolicy())
	s.minutes(14, 20)
	if got := s.minutes(1, 55); got != 8 {
		t.Errorf("10 tasks with a minute at 55 %% become %d, want 8", got)
	}
	policy := cpuPolicy()
	policy.DisableScaleIn = true
	s = newService(t, 10, policy)
	if got := s.minutes(60, 5); got != 10 || len(s.Alarms()) != 1 {
		t.Errorf("without scale-in 10 tasks become %d, with %d alarms", got, len(s.Alarms()))
	}
}

func TestA2_CooldownIs60SecondsAndOnlyALargerScaleOutGoesOn(t *testing.T) {
	t.Parallel()
	policy := cpuPolicy()
	policy.ScaleOutCooldown = 5 * time.Minute
	s := newService(t, 2, policy)
	if got := s.minutes(3, 100); got != 3 {
		t.Fatalf("2 tasks at 100 %% become %d, want 3", got)
	}
	if got := s.minutes(2, 100); got != 3 {
		t.Errorf("within the cooldown the same need scales to %d", got)
	}
	if got := s.minutes(1, 210); got != 6 {
		t.Errorf("within the cooldown a larger need scales to %d, want 6: that of the 2 tasks before", got)
	}
	short := newService(t, 2, cpuPolicy())
	short.minutes(3, 100)
	if got := short.minutes(1, 100); got != 5 {
		t.Errorf("after 60 seconds 3 tasks at 100 %% become %d, want 5", got)
	}
}

func TestA2_TicksWithinAMinuteScaleOnce(t *testing.T) {
	t.Parallel()
	policy := cpuPolicy()
	policy.ScaleOutCooldown = 0
	s := newService(t, 2, policy)
	s.minutes(3, 100)
	for range 59 {
		s.now = s.now.Add(time.Second)
		if desired, activity := s.Tick(s.now, s.store, s.tasks, false); activity != nil {
			t.Fatalf("at %v there is %d: %+v", s.now, desired, activity)
		}
	}
	if got := s.minutes(1, 100); got != 5 {
		t.Errorf("after the minute 3 tasks become %d, want 5", got)
	}
}

func TestA2_ScaleInCooldownBlocksScaleInAndNotScaleOut(t *testing.T) {
	t.Parallel()
	policy := cpuPolicy()
	policy.ScaleInCooldown = time.Hour
	s := newService(t, 10, policy)
	if got := s.minutes(15, 50); got != 8 {
		t.Fatalf("10 tasks at 50 %% become %d, want 8", got)
	}
	if got := s.minutes(20, 10); got != 8 {
		t.Errorf("within the cooldown 8 tasks at 10 %% become %d", got)
	}
	if got := s.minutes(3, 80); got != 10 {
		t.Errorf("a scale-out within it becomes %d tasks, want 10", got)
	}
	if got := s.minutes(16, 35); got != 5 {
		t.Errorf("the scale-out ended the cooldown, and still there are %d tasks, want 5", got)
	}
}

func TestA3_NothingIsScaledInDuringADeployment(t *testing.T) {
	t.Parallel()
	s := newService(t, 12, cpuPolicy())
	s.deployment = true
	if got := s.minutes(30, 10); got != 12 {
		t.Errorf("during a deployment 12 tasks become %d", got)
	}
	s.deployment = false
	if got := s.minutes(1, 10); got != 10 {
		t.Errorf("after it they become %d, want the maximum", got)
	}
	s = newService(t, 4, cpuPolicy())
	s.deployment = true
	if got := s.minutes(3, 100); got != 6 {
		t.Errorf("a deployment stops a scale-out: %d tasks, want 6", got)
	}
}

func TestS2_BoundsHoldWithoutAnyMetric(t *testing.T) {
	t.Parallel()
	for from, to := range map[int]int{0: 2, 1: 2, 2: 2, 7: 7, 10: 10, 11: 10} {
		if got := newService(t, from, cpuPolicy()).minutes(1); got != to {
			t.Errorf("%d tasks become %d, want %d", from, got, to)
		}
	}
	if got := newService(t, 7, cpuPolicy()).minutes(60); got != 7 {
		t.Errorf("without data 7 tasks become %d", got)
	}
}

func TestA1_OfTwoPoliciesTheOneForMoreTasksDecides(t *testing.T) {
	t.Parallel()
	memory := cpuPolicy()
	memory.Name = "scaling-memory-dev"
	memory.Metric.Name = "MemoryUtilization"
	s := newService(t, 6, cpuPolicy(), memory)
	for range 20 {
		s.store.Put(memory.Metric, s.now, 65)
		s.minutes(1, 10)
	}
	if s.tasks != 6 {
		t.Errorf("with one policy not ready 6 tasks become %d", s.tasks)
	}
	for range 20 {
		s.store.Put(memory.Metric, s.now, 50)
		s.minutes(1, 10)
	}
	if s.tasks != 5 {
		t.Errorf("memory wants 5 tasks and CPU 2: there are %d", s.tasks)
	}
}

func TestA1_ActivitiesSayWhichAlarmTriggeredWhichPolicy(t *testing.T) {
	t.Parallel()
	s := newService(t, 2, cpuPolicy())
	s.minutes(3, 100)
	if len(s.activities) != 1 {
		t.Fatalf("the activities are %v", s.activities)
	}
	a := s.activities[0]
	if a.From != 2 || a.To != 3 || !a.Time.Equal(s.now) || !strings.HasPrefix(a.Cause, "monitor alarm TargetTracking-service/cluster-catalog-dev/service-catalog-dev-AlarmHigh-") || !strings.HasSuffix(a.Cause, " in state ALARM triggered policy scaling-cpu-dev") {
		t.Errorf("the activity is %+v", a)
	}
}
