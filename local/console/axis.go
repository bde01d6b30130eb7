package console

import (
	"math"
	"strconv"
	"time"
)

// axis maps values to places: 0 is its lower end, 1 its upper.
type axis struct {
	min, max float64
	ticks    []float64
}

// wantedTicks is about how many lines a chart has across.
const wantedTicks = 5

// newAxis covers the values. It begins at 0 where no value is negative and
// nobody says otherwise, so that a small change does not look like a large one.
func newAxis(values []float64, body axisBody) axis {
	low, high := 0.0, 0.0
	for i, v := range values {
		if i == 0 {
			low, high = min(v, 0), max(v, 0)
		}
		low, high = min(low, v), max(high, v)
	}
	if high == low {
		high = low + 1
	}
	step := niceStep((high - low) / wantedTicks)
	a := axis{min: math.Floor(low/step) * step, max: math.Ceil(high/step) * step}
	if body.Min != nil {
		a.min = *body.Min
	}
	if body.Max != nil {
		a.max = *body.Max
	}
	if !(a.max > a.min) { // the template says so; it must not divide by zero
		a.max = a.min + 1
	}
	step = niceStep((a.max - a.min) / wantedTicks)
	for i := math.Ceil(a.min / step); i*step <= a.max+step/1e6 && len(a.ticks) < 4*wantedTicks; i++ {
		a.ticks = append(a.ticks, i*step)
	}
	return a
}

// niceStep is the next 1, 2 or 5 times a power of ten.
func niceStep(atLeast float64) float64 {
	if !(atLeast > 0) || math.IsInf(atLeast, 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(atLeast)))
	for _, times := range []float64{1, 2, 5, 10} {
		if step := times * power; step >= atLeast*(1-1e-9) {
			return step
		}
	}
	return 10 * power
}

// place is where a value is, held to the axis.
func (a axis) place(v float64) float64 {
	return min(max((v-a.min)/(a.max-a.min), 0), 1)
}

// writeNumber writes a value with at most four digits, as 1.25k or 0.003.
func writeNumber(v float64) string {
	if v == 0 || math.IsNaN(v) {
		return "0"
	}
	for _, unit := range []struct {
		size float64
		name string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if math.Abs(v) >= unit.size {
			return strconv.FormatFloat(round(v/unit.size), 'f', -1, 64) + unit.name
		}
	}
	switch size := math.Abs(v); {
	case size < 1e-6:
		return strconv.FormatFloat(v, 'e', 1, 64)
	case size < 0.01: // two digits that count
		power := math.Pow(10, 1-math.Floor(math.Log10(size)))
		return strconv.FormatFloat(math.Round(v*power)/power, 'f', -1, 64)
	}
	return strconv.FormatFloat(round(v), 'f', -1, 64)
}

// round keeps four digits that count, and none behind the third decimal.
func round(v float64) float64 {
	decimals := 3.0
	for size := math.Abs(v); size >= 10 && decimals > 0; size /= 10 {
		decimals--
	}
	power := math.Pow(10, decimals)
	return math.Round(v*power) / power
}

// timeSteps are the distances that ticks of a time axis may have.
var timeSteps = []time.Duration{
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour,
}

// timeTicks are at most four full times of day in a range.
func timeTicks(over timeRange) []time.Time {
	const most = 4
	step := timeSteps[len(timeSteps)-1]
	for _, s := range timeSteps {
		if over.To.Sub(over.From)/s <= most {
			step = s
			break
		}
	}
	var ticks []time.Time
	for at := over.From.Truncate(step).Add(step); at.Before(over.To) && len(ticks) <= most; at = at.Add(step) {
		ticks = append(ticks, at)
	}
	return ticks
}
