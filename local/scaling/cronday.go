package scaling

import (
	"errors"
	"strings"
	"time"
)

// dayRule says which days of a month a cron expression takes. One of its parts
// is set.
type dayRule struct {
	days     *set // days of the month
	weekdays *set // days of the week, Sunday is 1

	last           bool // L: the month's last day
	nearestWeekday int  // 15W: the weekday nearest to the 15th; with last: LW
	lastWeekday    int  // 6L: the month's last Friday
	weekday, nth   int  // 3#2: its second Tuesday
}

// lastWorkday is nearestWeekday for LW.
const lastWorkday = 32

// parseDays reads the two day fields, one of which must be "?" (AWS: "Cron
// expressions reference", Limits).
func parseDays(day, weekday string) (dayRule, error) {
	switch {
	case day == "?" && weekday == "?", day != "?" && weekday != "?":
		return dayRule{}, errors.New("one of day of month and day of week must be ?, and the other not")
	case weekday == "?":
		return parseDayOfMonth(day)
	}
	return parseDayOfWeek(weekday)
}

func parseDayOfMonth(text string) (rule dayRule, err error) {
	near, isNear := strings.CutSuffix(text, "W")
	switch {
	case text == "L":
		rule.last = true
	case text == "LW":
		rule.nearestWeekday = lastWorkday
	case isNear:
		rule.nearestWeekday, err = dayField.value(near)
	default:
		rule.days = &set{}
		err = dayField.parse(text, rule.days)
	}
	return rule, err
}

func parseDayOfWeek(text string) (rule dayRule, err error) {
	ending, isLast := strings.CutSuffix(text, "L")
	weekday, nth, isNth := strings.Cut(text, "#")
	switch {
	case text == "L": // the week's last day
		rule.weekdays = &set{}
		rule.weekdays.add(7)
	case isLast:
		rule.lastWeekday, err = weekdayField.value(ending)
	case isNth:
		rule.weekday, err = weekdayField.value(weekday)
		if rule.nth, _ = number(nth); err == nil && (rule.nth < 1 || rule.nth > 5) {
			err = weekdayField.wrong(text)
		}
	default:
		rule.weekdays = &set{}
		err = weekdayField.parse(text, rule.weekdays)
	}
	return rule, err
}

// takes says whether the rule takes a day. Dates are in UTC here: they are those
// of a calendar, without a clock.
func (r dayRule) takes(date time.Time) bool {
	day, weekday := date.Day(), int(date.Weekday())+1
	lastDay := date.AddDate(0, 1, -day).Day()
	switch {
	case r.days != nil:
		return r.days.has(day)
	case r.weekdays != nil:
		return r.weekdays.has(weekday)
	case r.last:
		return day == lastDay
	case r.nearestWeekday > 0:
		return day == nearestWeekday(date, r.nearestWeekday, lastDay)
	case r.lastWeekday > 0:
		return weekday == r.lastWeekday && day > lastDay-7
	}
	return weekday == r.weekday && (day-1)/7+1 == r.nth
}

// nearestWeekday is the day from Monday to Friday nearest to a day of the date's
// month, without leaving the month; 0 when the month has no such day.
func nearestWeekday(date time.Time, day, lastDay int) int {
	if day == lastWorkday {
		day = lastDay
	}
	if day > lastDay {
		return 0
	}
	switch date.AddDate(0, 0, day-date.Day()).Weekday() {
	case time.Saturday:
		if day == 1 {
			return 3
		}
		return day - 1
	case time.Sunday:
		if day == lastDay {
			return day - 2
		}
		return day + 1
	}
	return day
}
