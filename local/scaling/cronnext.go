package scaling

import "time"

// next is the first time after the given one, in UTC; zero when there is none
// up to the end of 2199.
func (c *cron) next(after time.Time) time.Time {
	local := after.In(c.location)
	if local.Year() < firstYear {
		local = time.Date(firstYear, 1, 1, 0, 0, 0, 0, c.location)
	}
	// The calendar is walked in UTC, where every day has every hour.
	date := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
	for date.Year() <= lastYear {
		switch {
		case !c.years.has(date.Year() - firstYear):
			date = time.Date(date.Year()+1, 1, 1, 0, 0, 0, 0, time.UTC)
		case !c.months.has(int(date.Month())):
			date = time.Date(date.Year(), date.Month()+1, 1, 0, 0, 0, 0, time.UTC)
		default:
			if c.days.takes(date) {
				if found := c.nextOn(date, after); !found.IsZero() {
					return found
				}
			}
			date = date.AddDate(0, 0, 1)
		}
	}
	return time.Time{}
}

// nextOn is the first time of a day after the given one, zero when there is
// none.
func (c *cron) nextOn(date, after time.Time) time.Time {
	for hour := range 24 {
		if !c.hours.has(hour) {
			continue
		}
		for minute := range 60 {
			if !c.minutes.has(minute) {
				continue
			}
			if at, ok := wallClock(date.Add(time.Duration(hour*60+minute)*time.Minute), c.location); ok && at.After(after) {
				return at.UTC()
			}
		}
	}
	return time.Time{}
}

// wallClock is when clocks show a date and time, which are given in UTC: the
// first time where summer time's end brings it twice, never where its beginning
// leaves it out.
func wallClock(shown time.Time, location *time.Location) (time.Time, bool) {
	at := time.Date(shown.Year(), shown.Month(), shown.Day(), shown.Hour(), shown.Minute(), 0, 0, location)
	_, offset := at.Add(-3 * time.Hour).Zone() // before a change, if there is one
	earlier := shown.Add(-time.Duration(offset) * time.Second).In(location)
	const clock = "2006-01-02 15:04"
	for _, one := range []time.Time{earlier, at} {
		if one.Format(clock) == shown.Format(clock) {
			return one, true
		}
	}
	return time.Time{}, false
}
