package local

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// watched runs a container's health check in simulated time and answers when
// it became healthy and unhealthy.
func watched(t *testing.T, timing healthTiming, length time.Duration, answer func(at time.Duration) bool) (events []string, checks []time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		done := make(chan struct{})
		watch := &healthWatch{healthy: make(chan struct{}), unhealthy: make(chan struct{})}
		go watch.follow(done, timing, func() bool {
			checks = append(checks, time.Since(begin))
			return answer(time.Since(begin))
		})
		end := time.After(length)
		healthy, unhealthy := watch.healthy, watch.unhealthy
		for over := false; !over; {
			select {
			case <-healthy:
				events, healthy = append(events, fmt.Sprint(time.Since(begin), ": healthy")), nil
			case <-unhealthy:
				events, unhealthy = append(events, fmt.Sprint(time.Since(begin), ": unhealthy")), nil
			case <-end:
				over = true
			}
		}
		close(done) // the container ends, and its health check with it
		synctest.Wait()
	})
	return events, checks
}

func TestContainerHealthWatch(t *testing.T) {
	t.Parallel()
	const s = time.Second
	always := func(time.Duration) bool { return true }
	never := func(time.Duration) bool { return false }
	for name, c := range map[string]struct {
		timing healthTiming
		answer func(time.Duration) bool
		want   []string
	}{
		"the first success":        {healthTiming{30 * s, 0, 3}, always, []string{"30s: healthy"}},
		"three failures in a row":  {healthTiming{10 * s, 0, 3}, never, []string{"30s: unhealthy"}},
		"ECS's default of retries": {healthTiming{10 * s, 0, 0}, never, []string{"30s: unhealthy"}},
		"one retry":                {healthTiming{10 * s, 0, 1}, never, []string{"10s: unhealthy"}},
		// Failures within the start period do not count: the first that does is at 40 s.
		"the start period": {healthTiming{10 * s, 35 * s, 3}, never, []string{"1m0s: unhealthy"}},
		"a success ends the start period": {
			healthTiming{10 * s, 100 * s, 2},
			func(at time.Duration) bool { return at < 20*s },
			[]string{"10s: healthy", "30s: unhealthy"},
		},
		"a success forgives": {
			healthTiming{10 * s, 0, 3},
			func(at time.Duration) bool { return at%(30*s) == 0 },
			[]string{"30s: healthy"},
		},
		"healthy once, dead later": {
			healthTiming{10 * s, 0, 2},
			func(at time.Duration) bool { return at < 60*s },
			[]string{"10s: healthy", "1m10s: unhealthy"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events, _ := watched(t, c.timing, 10*time.Minute, c.answer)
			if !slices.Equal(events, c.want) {
				t.Errorf("got %q, want %q", events, c.want)
			}
		})
	}
}

func TestContainerHealthWatchEndsWithItsVerdict(t *testing.T) {
	t.Parallel()
	_, checks := watched(t, healthTiming{10 * time.Second, 0, 2}, time.Hour, func(time.Duration) bool { return false })
	if len(checks) != 2 {
		t.Errorf("%d checks, want none after the container is unhealthy for good", len(checks))
	}
}

func TestImageArguments(t *testing.T) {
	t.Parallel()
	image := Image{Root: "/images/x", Entrypoint: []string{"/catalog"}, Command: []string{"serve"}}
	for _, c := range []struct{ entrypoint, command, want []string }{
		{nil, nil, []string{"/images/x/catalog", "serve"}},
		{nil, []string{"migrate"}, []string{"/images/x/catalog", "migrate"}},
		{[]string{"/other"}, nil, []string{"/images/x/other"}}, // the image's command goes with its entry point
		{[]string{"python"}, []string{"-m", "app"}, []string{"python", "-m", "app"}},
	} {
		got, err := image.argv(c.entrypoint, c.command)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q %q gives %q, %v, want %q", c.entrypoint, c.command, got, err, c.want)
		}
	}
	if _, err := (Image{}).argv(nil, nil); !errors.Is(err, errNoCommand) {
		t.Errorf("an image without a command: %v", err)
	}
}

func TestHealthCommandForms(t *testing.T) {
	t.Parallel()
	image := Image{Root: "/images/x"}
	got, err := image.healthCommand([]string{"CMD", "/catalog", "healthcheck"})
	if err != nil || !slices.Equal(got, []string{"/images/x/catalog", "healthcheck"}) {
		t.Errorf("got %q, %v", got, err)
	}
	for _, command := range [][]string{{"CMD-SHELL", "curl -f http://127.0.0.1/"}, {"CMD"}, {"/catalog", "healthcheck"}, nil} {
		_, err := image.healthCommand(command)
		wantError(t, err, "its health check is", `["CMD", "/program", …]`)
	}
}
