package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// formats are what the templates call.
var formats = template.FuncMap{
	"clock":    clock,
	"stamp":    stamp,
	"took":     took,
	"kind":     kind,
	"symbol":   symbol,
	"short":    short,
	"percent":  func(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) },
	"runbook":  runbookName,
	"number":   writeNumber,
	"brief":    brief,
	"reason":   reason,
	"indent":   indent,
	"capacity": func(f float64) string { return strconv.FormatFloat(min(max(f, 0), 100), 'f', 1, 64) },
}

// clock is a time of day, for what happened lately.
func clock(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.Format(time.TimeOnly)
}

// stamp is a time for programs and for the title of a clock.
func stamp(t time.Time) string { return t.Format(time.RFC3339) }

// took writes a duration with two or three digits that count.
func took(d time.Duration) string {
	switch {
	case d < 0:
		return "–"
	case d < time.Millisecond:
		return strconv.FormatInt(d.Microseconds(), 10) + " µs"
	case d < 10*time.Millisecond:
		return strconv.FormatFloat(float64(d)/1e6, 'f', 2, 64) + " ms"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < time.Minute:
		return strconv.FormatFloat(d.Seconds(), 'f', 2, 64) + " s"
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
	}
	return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
}

// kinds of states; the style gives each its colour and symbol its sign, so that
// a colour never says anything alone.
const (
	good  = "good"
	bad   = "bad"
	busy  = "busy"
	quiet = "quiet"
)

var stateKinds = map[string]string{
	"OK": good, "HEALTHY": good, "RUNNING": good, "SUCCESSFUL": good, "COMPLETED": good, "RECORDED": quiet, "NOT_RUN": quiet,
	"ALARM": bad, "UNHEALTHY": bad, "STOPPED": bad, "UNAVAILABLE": bad, "ROLLBACK_FAILED": bad, "ROLLBACK_SUCCESSFUL": bad, "ERROR": bad, "FAULT": bad, "THROTTLE": bad, "IN_PROGRESS": busy,
	"INSUFFICIENT_DATA": quiet, "UNKNOWN": quiet, "UNUSED": quiet, "WARN": busy, "DRAINING": busy, "INITIAL": busy, "PROVISIONING": busy,
}

// kind sorts a state's word, of whatever service it is, by how it ends.
func kind(state string) string {
	upper := strings.ToUpper(state)
	if k, ok := stateKinds[upper]; ok {
		return k
	}
	switch {
	case strings.Contains(upper, "FAILED") || strings.Contains(upper, "STOPPED") || strings.Contains(upper, "DROPPED"):
		return bad
	case strings.HasSuffix(upper, "_COMPLETE") || strings.HasSuffix(upper, "_RESTORED"):
		return good
	case strings.Contains(upper, "PROGRESS") || strings.Contains(upper, "ING"):
		return busy
	}
	return quiet
}

func symbol(state string) string {
	return map[string]string{good: "✓", bad: "✗", busy: "…", quiet: "–"}[kind(state)]
}

// short is the beginning of an id, as the AWS console shows it.
func short(id string) string {
	const shown = 8
	if len(id) <= shown {
		return id
	}
	return id[:shown]
}

// brief is the beginning of a text that is long, "" for one that is not.
func brief(text string) string {
	const shown = 160
	if len(text) <= shown {
		return ""
	}
	return strings.ToValidUTF8(text[:shown], "") + " …"
}

// reason is why an alarm's notification was sent, "" for any other message.
func reason(message string) string {
	var alarm struct{ NewStateReason string }
	if json.Unmarshal([]byte(message), &alarm) != nil {
		return ""
	}
	return alarm.NewStateReason
}

// indent writes JSON in lines, and anything else as it is.
func indent(message string) string {
	var b bytes.Buffer
	if json.Indent(&b, []byte(message), "", "  ") != nil {
		return message
	}
	return b.String()
}

var runbookFile = regexp.MustCompile(`^(?:.*/)?([A-Za-z0-9-]+)\.md$`)

// runbookName is the name of a runbook's page by its path in the project.
func runbookName(file string) string {
	if found := runbookFile.FindStringSubmatch(file); found != nil {
		return found[1]
	}
	return ""
}
