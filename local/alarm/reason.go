package alarm

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"catalog/local/metrics"
)

// treatments are the ways to treat missing data, as reasons spell them.
var treatments = map[string]string{missing: "Missing", notBreaching: "NonBreaching", breaching: "Breaching", ignore: "Ignore"}

// reason says why a state was taken, in CloudWatch's words.
func (a *Alarm) reason(value string, f finding) string {
	if value == InsufficientData {
		return fmt.Sprintf("Insufficient Data: %s unknown.", counted(f.missing, "datapoint", "was", "were"))
	}
	if f.missing > 0 {
		received := counted(len(f.points), "datapoint", "was", "were")
		if len(f.points) == 0 {
			received = "no datapoints were"
		}
		return fmt.Sprintf("Threshold Crossed: %s received for %s and %s treated as [%s].",
			received, counted(a.of, "period", "", ""), counted(f.missing, "missing datapoint", "was", "were"), treatments[a.treatment()])
	}
	shown := slices.DeleteFunc(slices.Clone(f.points), func(p metrics.Point) bool { return a.breaches(p.Value) != (value == InAlarm) })
	verb, needed, transition := "were", a.needed, "OK -> ALARM"
	if len(shown) == 1 {
		verb = "was"
	}
	if value == OK {
		verb += " not"
		needed, transition = a.of-a.needed+1, "ALARM -> OK"
	}
	return fmt.Sprintf("Threshold Crossed: %d out of the last %d datapoints %s %s %s the threshold (%s) (minimum %s for %s transition).",
		len(shown), a.of, listed(shown), verb, operators[a.properties.ComparisonOperator].words, decimal(a.threshold), counted(needed, "datapoint", "", ""), transition)
}

// listed shows data points, the newest first, with times in UTC.
func listed(points []metrics.Point) string {
	var shown []string
	for _, p := range slices.Backward(points) {
		shown = append(shown, fmt.Sprintf("%s (%s)", decimal(p.Value), p.Time.UTC().Format("02/01/06 15:04:05")))
	}
	return "[" + strings.Join(shown, ", ") + "]"
}

// decimal always has a decimal point, as CloudWatch's numbers do.
func decimal(v float64) string {
	text := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// counted gives "1 datapoint was" and "2 datapoints were".
func counted(n int, noun, one, many string) string {
	if n == 1 {
		return strings.TrimSpace("1 " + noun + " " + one)
	}
	return strings.TrimSpace(fmt.Sprintf("%d %ss %s", n, noun, many))
}
