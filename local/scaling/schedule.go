package scaling

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones also on a machine that has none
)

// Schedule says when a scheduled action comes (AWS: PutScheduledAction,
// Schedule). The zero value never comes. It never changes.
type Schedule struct {
	text string
	at   time.Time     // at(…)
	rate time.Duration // rate(…)
	cron *cron         // cron(…)
}

// ParseSchedule reads a schedule of one of these forms, in an IANA time zone
// such as Australia/Sydney; "" is UTC.
//
//	at(2026-11-27T18:00:00)             once, at a local time
//	rate(5 minutes)                     minutes, hours or days; one of it is "1 minute"
//	cron(0 18 ? * MON-FRI *)            minutes hours day-of-month month day-of-week year
func ParseSchedule(expression, timezone string) (Schedule, error) {
	location, err := zone(timezone)
	if err != nil {
		return Schedule{}, fmt.Errorf("the schedule %q cannot be read: %w", expression, err)
	}
	s := Schedule{text: expression}
	name, rest, _ := strings.Cut(strings.TrimSpace(expression), "(")
	inner, closed := strings.CutSuffix(rest, ")")
	switch {
	case closed && name == "at":
		s.at, err = time.ParseInLocation("2006-01-02T15:04:05", inner, location)
		if err != nil {
			err = fmt.Errorf("%q is no time as in at(2026-11-27T18:00:00)", inner)
		}
	case closed && name == "rate":
		s.rate, err = parseRate(inner)
	case closed && name == "cron":
		s.cron, err = parseCron(inner, location)
	default:
		err = fmt.Errorf("it must be at(…), rate(…) or cron(…)")
	}
	if err != nil {
		return Schedule{}, fmt.Errorf("the schedule %q cannot be read: %w", expression, err)
	}
	return s, nil
}

// zone finds a time zone by its name. "Local" is a zone to Go and none to AWS.
func zone(name string) (*time.Location, error) {
	location, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fmt.Errorf("%q is no time zone: use an IANA name such as Australia/Sydney", name)
	}
	return location, nil
}

// parseRate reads "1 minute", "5 minutes", "1 hour", "2 days".
func parseRate(text string) (time.Duration, error) {
	count, unit, _ := strings.Cut(text, " ")
	n, err := strconv.ParseUint(count, 10, 32)
	if n != 1 && !strings.HasSuffix(unit, "s") || n == 1 && strings.HasSuffix(unit, "s") {
		unit = ""
	}
	length := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[strings.TrimSuffix(unit, "s")]
	if err != nil || n == 0 || length == 0 || strings.HasPrefix(count, "+") || n > uint64(time.Duration(1<<62)/length) {
		return 0, fmt.Errorf("%q is no rate as in rate(1 minute) or rate(5 hours): minutes, hours and days there are", text)
	}
	return time.Duration(n) * length, nil
}

// Next is the first time after the given one, in UTC; the zero time when it
// never comes again. A rate counts from the time that is given.
//
// A local time that summer time leaves out does not come that day, and one that
// summer time brings twice comes once (AWS: "EventBridge Scheduler", daylight
// savings time; Application Auto Scaling's document does not say).
func (s Schedule) Next(after time.Time) time.Time {
	switch {
	case s.cron != nil:
		return s.cron.next(after)
	case s.rate > 0:
		return after.Add(s.rate).UTC()
	case s.at.After(after):
		return s.at.UTC()
	}
	return time.Time{}
}

// String is the schedule as it was written.
func (s Schedule) String() string { return s.text }
