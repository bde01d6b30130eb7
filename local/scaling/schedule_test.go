package scaling_test

import (
	"strings"
	"testing"
	"time"

	"catalog/local/metrics"
	"catalog/local/scaling"
)

func schedule(t *testing.T, expression, zone string) scaling.Schedule {
	t.Helper()
	s, err := scaling.ParseSchedule(expression, zone)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Times are of 2026; 27 November is a Friday.
func TestA1_SchedulesComeWhenAWSSaysTheyDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ expression, zone, after, want string }{
		{"at(2026-11-28T18:00:00)", "", "2026-11-27T12:00:00Z", "2026-11-28T18:00:00Z"},
		{"at(2026-11-28T18:00:00)", "Australia/Sydney", "2026-11-27T12:00:00Z", "2026-11-28T07:00:00Z"},
		{"at(2026-11-28T18:00:00)", "", "2026-11-28T18:00:00Z", ""},
		{"rate(1 minute)", "", "2026-11-27T12:00:30Z", "2026-11-27T12:01:30Z"},
		{"rate(2 days)", "", "2026-11-27T12:00:00Z", "2026-11-29T12:00:00Z"},
		{"cron(0 10 * * ? *)", "", "2026-11-27T12:00:00Z", "2026-11-28T10:00:00Z"},
		{"cron(15 12 * * ? *)", "", "2026-11-27T12:00:00Z", "2026-11-27T12:15:00Z"},
		{"cron(0 12 * * ? *)", "", "2026-11-27T12:00:00Z", "2026-11-28T12:00:00Z"},
		{"cron(0 18 ? * MON-FRI *)", "", "2026-11-27T18:00:00Z", "2026-11-30T18:00:00Z"},
		{"cron(0 8 1 * ? *)", "", "2026-11-27T12:00:00Z", "2026-12-01T08:00:00Z"},
		{"cron(0/15 * * * ? *)", "", "2026-11-27T12:16:40Z", "2026-11-27T12:30:00Z"},
		{"cron(0/10 * ? * mon-fri *)", "", "2026-11-27T23:55:00Z", "2026-11-30T00:00:00Z"},
		{"cron(0/5 8-17 ? * 2-6 *)", "", "2026-11-27T17:55:00Z", "2026-11-30T08:00:00Z"},
		{"cron(1/10 0 * * ? *)", "", "2026-11-27T00:01:00Z", "2026-11-27T00:11:00Z"},
		{"cron(10-20/4,50 0 * * ? *)", "", "2026-11-27T00:18:00Z", "2026-11-27T00:50:00Z"},
		{"cron(0 0 L * ? *)", "", "2026-11-27T12:00:00Z", "2026-11-30T00:00:00Z"},
		{"cron(0 0 L 2 ? 2028)", "", "2026-11-27T12:00:00Z", "2028-02-29T00:00:00Z"},
		{"cron(0 0 LW 1 ? 2027)", "", "2026-11-27T12:00:00Z", "2027-01-29T00:00:00Z"},
		{"cron(0 0 28W * ? *)", "", "2026-11-25T12:00:00Z", "2026-11-27T00:00:00Z"}, // a Saturday
		{"cron(0 0 29W * ? *)", "", "2026-11-27T12:00:00Z", "2026-11-30T00:00:00Z"}, // a Sunday
		{"cron(0 0 1W 8 ? *)", "", "2026-07-01T12:00:00Z", "2026-08-03T00:00:00Z"},  // not in July
		{"cron(0 0 31W 5 ? *)", "", "2026-01-01T00:00:00Z", "2026-05-29T00:00:00Z"}, // not in June
		{"cron(0 0 ? * L *)", "", "2026-11-27T12:00:00Z", "2026-11-28T00:00:00Z"},
		{"cron(0 0 ? * 6L *)", "", "2026-11-27T12:00:00Z", "2026-12-25T00:00:00Z"},
		{"cron(0 0 ? * 3#2 *)", "", "2026-11-27T12:00:00Z", "2026-12-08T00:00:00Z"},
		{"cron(0 0 ? * FRI#5 *)", "", "2026-11-27T12:00:00Z", "2027-01-29T00:00:00Z"},
		{"cron(0 0 1 JAN,JUL ? 2030/2)", "", "2026-11-27T12:00:00Z", "2030-01-01T00:00:00Z"},
		{"cron(0 0 30 2 ? *)", "", "2026-11-27T12:00:00Z", ""},
		{"cron(0 0 * * ? 2025)", "", "2026-11-27T12:00:00Z", ""},
		{"cron(0 18 ? * FRI *)", "Australia/Sydney", "2026-11-27T06:59:59Z", "2026-11-27T07:00:00Z"},
		{"cron(0 1 * * ? *)", "Etc/GMT+9", "2026-11-27T12:00:00Z", "2026-11-28T10:00:00Z"},
		// Sydney's clocks go from 2 to 3 on 4 October and from 3 to 2 on 5 April.
		{"cron(30 2 * * ? *)", "Australia/Sydney", "2026-10-03T12:00:00Z", "2026-10-04T15:30:00Z"},
		{"cron(30 2 * * ? *)", "Australia/Sydney", "2026-04-04T15:30:00Z", "2026-04-05T16:30:00Z"},
	} {
		after, err := time.Parse(time.RFC3339, c.after)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if next := schedule(t, c.expression, c.zone).Next(after); !next.IsZero() {
			got = next.Format(time.RFC3339)
		}
		if got != c.want {
			t.Errorf("%s in %q comes after %s at %q, want %q", c.expression, c.zone, c.after, got, c.want)
		}
	}
}

func TestA1_ASchedulesTroubleIsNamed(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		"":                         "must be at(…), rate(…) or cron(…)",
		"every day":                "must be at(…)",
		"at(2026-11-28)":           "is no time",
		"at(2026-02-30T00:00:00)":  "is no time",
		"rate(5 minute)":           "is no rate",
		"rate(1 minutes)":          "is no rate",
		"rate(0 minutes)":          "is no rate",
		"rate(-1 minutes)":         "is no rate",
		"rate(5 weeks)":            "is no rate",
		"rate(4000000000 days)":    "is no rate",
		"cron(0 10 * * ?)":         "it has 5 fields",
		"cron(0 0 10 * * ? *)":     "it has 7 fields",
		"cron(0 10 * * * *)":       "must be ?",
		"cron(0 10 ? * ? *)":       "must be ?",
		"cron(60 10 * * ? *)":      `its minutes has "60"`,
		"cron(0 24 * * ? *)":       `its hours has "24"`,
		"cron(0 1 0 * ? *)":        `its day of month has "0"`,
		"cron(0 1 * FOO ? *)":      "1 to 12 or JAN to DEC",
		"cron(0 1 ? * 8 *)":        "1 to 7 or SUN to SAT",
		"cron(0 1 ? * FRI-MON *)":  "ranges that go up",
		"cron(0 1 ? * 3#6 *)":      `"3#6"`,
		"cron(0 1 ? * 3#1,6#3 *)":  "its day of week",
		"cron(0 1 * * ? 1969)":     "1970 to 2199",
		"cron(0/0 1 * * ? *)":      `"0/0"`,
		"cron(, 1 * * ? *)":        "its minutes",
		"cron(+1 1 * * ? *)":       `"+1"`,
		"cron(0 1 * * ? *":         "must be at(…)",
		"cron(0 1 32W * ? *)":      `"32"`,
		"cron(1-99999999 1 * ? *)": "fields",
	} {
		if _, err := scaling.ParseSchedule(expression, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives the error %v, want one with %q", expression, err, want)
		}
	}
	for _, zone := range []string{"Local", "Sydney", "../etc"} {
		if _, err := scaling.ParseSchedule("rate(1 day)", zone); err == nil || !strings.Contains(err.Error(), "is no time zone") {
			t.Errorf("the zone %q gives %v", zone, err)
		}
	}
}

func FuzzParseSchedule(f *testing.F) {
	for _, seed := range []string{"at(2026-11-28T18:00:00)", "rate(5 minutes)", "cron(0/15 8-17 ? JAN,3 MON#2 *)", "cron(0 0 LW * ? 2030/2)", "cron(0 0 29 2 ? *)"} {
		f.Add(seed, "Australia/Sydney", int64(1795780800))
	}
	f.Fuzz(func(t *testing.T, expression, zone string, at int64) {
		s, err := scaling.ParseSchedule(expression, zone)
		if err != nil {
			return
		}
		after := time.Unix(at%7e9, 0)
		next := s.Next(after)
		if next.IsZero() {
			return
		}
		if !next.After(after) {
			t.Errorf("%s comes after %v at %v", expression, after, next)
		}
		if strings.Contains(expression, "cron") && (next.Second() != 0 || !s.Next(next.Add(-time.Second)).Equal(next)) {
			t.Errorf("%s comes at %v and not again when asked from just before", expression, next)
		}
	})
}

func TestA1_ScheduledActionsSetTheBoundsAndTheTasksFollow(t *testing.T) {
	t.Parallel()
	six, four, twelve := 6, 4, 12
	evening := schedule(t, "cron(0 18 * * ? *)", "Australia/Sydney") // 7:00 UTC
	scaler, err := scaling.New(scaling.Target{Min: 2, Max: 10}, nil, []scaling.ScheduledAction{
		{Name: "sale", Schedule: evening, Min: &six, End: noon.Add(48 * time.Hour)},
		{Name: "night", Schedule: schedule(t, "at(2026-11-28T12:00:00)", ""), Max: &four},
		{Name: "next year", Schedule: schedule(t, "rate(1 day)", ""), Start: noon.AddDate(1, 0, 0), Min: &twelve},
	})
	if err != nil {
		t.Fatal(err)
	}
	tasks := 2
	at := func(now time.Time, wantTasks int, want scaling.Target, cause string) {
		t.Helper()
		desired, activity := scaler.Tick(now, metrics.NewStore(), tasks, false)
		if desired != wantTasks || scaler.Target() != want {
			t.Errorf("at %v there are %d tasks within %v, want %d within %v", now, desired, scaler.Target(), wantTasks, want)
		}
		if (activity == nil) != (cause == "") || activity != nil && activity.Cause != cause {
			t.Errorf("at %v the activity is %+v, want %q", now, activity, cause)
		}
		tasks = desired
	}
	at(noon, 2, scaling.Target{Min: 2, Max: 10}, "")
	at(noon.Add(19*time.Hour-time.Second), 2, scaling.Target{Min: 2, Max: 10}, "")
	at(noon.Add(19*time.Hour), 6, scaling.Target{Min: 6, Max: 10}, "minimum capacity was set to 6")
	at(noon.Add(24*time.Hour+time.Second), 4, scaling.Target{Min: 4, Max: 4}, "maximum capacity was set to 4")
	at(noon.Add(43*time.Hour), 6, scaling.Target{Min: 6, Max: 6}, "minimum capacity was set to 6")
	at(noon.Add(50*24*time.Hour), 6, scaling.Target{Min: 6, Max: 6}, "") // it ended
	at(noon.AddDate(1, 0, 0), 12, scaling.Target{Min: 12, Max: 12}, "minimum capacity was set to 12")
}
