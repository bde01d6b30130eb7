package scaling

import "time"

// capacities remembers how many tasks there were, minute by minute, as long as a
// low alarm looks back.
type capacities struct {
	minutes []capacity
}

type capacity struct {
	minute int64 // minutes since 1970
	max    int
}

// lookBack is the low alarm's evaluation range, with minutes to spare for late
// data.
const lookBack = lowPeriods + 10

func (c *capacities) note(now time.Time, tasks int) {
	minute := now.Unix() / 60
	if last := len(c.minutes) - 1; last >= 0 && c.minutes[last].minute == minute {
		c.minutes[last].max = max(c.minutes[last].max, tasks)
		return
	}
	c.minutes = append(c.minutes, capacity{minute, tasks})
	c.minutes = c.minutes[max(0, len(c.minutes)-lookBack):]
}

// during gives the largest number of tasks in the minute that at begins, or in
// the nearest one before it that is known; current when there is none. The
// largest errs towards keeping tasks.
func (c *capacities) during(at time.Time, current int) int {
	minute := at.Unix() / 60
	for i := len(c.minutes) - 1; i >= 0; i-- {
		if c.minutes[i].minute <= minute {
			return c.minutes[i].max
		}
	}
	return current
}
