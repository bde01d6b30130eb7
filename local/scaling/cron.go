package scaling

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// cron is a cron expression in AWS's dialect (AWS: "Cron expressions
// reference").
type cron struct {
	location                      *time.Location
	minutes, hours, months, years set
	days                          dayRule
}

const (
	firstYear = 1970
	lastYear  = 2199
)

// set holds small numbers.
type set [(lastYear-firstYear)/64 + 1]uint64

func (s *set) add(n int)      { s[n/64] |= 1 << (n % 64) }
func (s *set) has(n int) bool { return s[n/64]&(1<<(n%64)) != 0 }

// field is one of an expression's fields: its name, its range and the names of
// its values, of which the first is the range's first.
type field struct {
	name        string
	first, last int
	names       []string
}

var (
	minuteField = field{name: "minutes", first: 0, last: 59}
	hourField   = field{name: "hours", first: 0, last: 23}
	dayField    = field{name: "day of month", first: 1, last: 31}
	monthField  = field{name: "month", first: 1, last: 12, names: []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}}
	// weekdayField counts from Sunday, which is 1.
	weekdayField = field{name: "day of week", first: 1, last: 7, names: []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}}
	yearField    = field{name: "year", first: firstYear, last: lastYear}
)

// parseCron reads the six fields between the parentheses. One of the two day
// fields must be "?". Seconds, a seventh field that AWS takes and does not hold
// itself to, are refused.
func parseCron(text string, location *time.Location) (*cron, error) {
	fields := strings.Fields(text)
	if len(fields) != 6 {
		return nil, fmt.Errorf("it has %d fields and needs six: minutes, hours, day of month, month, day of week, year", len(fields))
	}
	c := &cron{location: location}
	for _, part := range []struct {
		field field
		text  string
		into  *set
	}{{minuteField, fields[0], &c.minutes}, {hourField, fields[1], &c.hours}, {monthField, fields[3], &c.months}, {yearField, fields[5], &c.years}} {
		if err := part.field.parse(part.text, part.into); err != nil {
			return nil, err
		}
	}
	var err error
	c.days, err = parseDays(fields[2], fields[4])
	return c, err
}

// parse reads a list of values, ranges and steps into a set. The set counts
// from the field's zero, or from 1970 for years.
func (f field) parse(text string, into *set) error {
	for item := range strings.SplitSeq(text, ",") {
		from, to, step, err := f.item(item)
		if err != nil {
			return err
		}
		for n := from; n <= to; n += step {
			into.add(n - f.zero())
		}
	}
	return nil
}

func (f field) zero() int {
	if f.first == firstYear {
		return firstYear
	}
	return 0
}

// item reads "*", "5", "MON-FRI", "0/15", "*/2" or "8-17/3".
func (f field) item(text string) (from, to, step int, err error) {
	body, stepText, stepped := strings.Cut(text, "/")
	step = 1
	if stepped {
		if step, err = number(stepText); err != nil || step == 0 {
			return 0, 0, 0, f.wrong(text)
		}
	}
	low, high, ranged := strings.Cut(body, "-")
	switch {
	case body == "*":
		return f.first, f.last, step, nil
	case !ranged && stepped:
		from, err = f.value(low)
		return from, f.last, step, err
	case !ranged:
		high = low
	}
	from, err = f.value(low)
	if err == nil {
		to, err = f.value(high)
	}
	if err == nil && from > to {
		err = f.wrong(text)
	}
	return from, to, step, err
}

// value reads a number of the field's range or one of its names.
func (f field) value(text string) (int, error) {
	for i, name := range f.names {
		if strings.EqualFold(name, text) {
			return f.first + i, nil
		}
	}
	n, err := number(text)
	if err != nil || n < f.first || n > f.last {
		return 0, f.wrong(text)
	}
	return n, nil
}

// number reads up to four digits, without a sign.
func number(text string) (int, error) {
	if len(text) > 4 || strings.Trim(text, "0123456789") != "" {
		return 0, fmt.Errorf("%q is no number", text)
	}
	return strconv.Atoi(text)
}

func (f field) wrong(text string) error {
	names := ""
	if len(f.names) > 0 {
		names = " or " + f.names[0] + " to " + f.names[len(f.names)-1]
	}
	return fmt.Errorf("its %s has %q: it takes %d to %d%s, ranges that go up, lists and steps", f.name, text, f.first, f.last, names)
}
