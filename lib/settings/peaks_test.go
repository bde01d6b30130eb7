package settings

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

const goodPeak = `{"timeZone":"Australia/Sydney","start":"0 18 27 11 ? 2026","end":"0 2 28 11 ? 2026","minimum":6}`

// TestS2_PeaksAreAListOrTheSameAsText: from cdk.json or the command line.
func TestS2_PeaksAreAListOrTheSameAsText(t *testing.T) {
	t.Parallel()
	var list any
	if err := json.Unmarshal([]byte("["+goodPeak+"]"), &list); err != nil {
		t.Fatal(err)
	}
	for _, given := range []any{list, "[" + goodPeak + "]", " [ " + goodPeak + " ] "} {
		c, err := loadWith(map[string]any{"peaks": given})
		if err != nil || len(c.Peaks) != 1 || c.Peaks[0].Minimum != 6 || c.Peaks[0].TimeZone != "Australia/Sydney" {
			t.Errorf("%v is read as %+v, %v", given, c.Peaks, err)
		}
	}
	if c, err := loadWith(map[string]any{"peaks": "[]"}); err != nil || len(c.Peaks) != 0 {
		t.Errorf("no peaks are read as %+v, %v", c.Peaks, err)
	}
}

func TestX5_BadPeaksAreOneSentence(t *testing.T) {
	t.Parallel()
	change := func(old, new string) string { return "[" + strings.Replace(goodPeak, old, new, 1) + "]" }
	for _, bad := range []struct{ peaks, key, allowed string }{
		{"tomorrow", "peaks", "a JSON list"},
		{goodPeak, "peaks", "a JSON list"},
		{"[" + goodPeak + "] []", "peaks", "a JSON list"},
		{change(`"minimum":6`, `"minimum":"6"`), "peaks", "a JSON list"},
		{change(`"minimum":6`, `"minimum":6.5`), "peaks", "a JSON list"},
		{change(`"minimum"`, `"maximum"`), "peaks", "a JSON list"},
		{change("Australia/Sydney", "Sydney"), "peaks[0].timeZone", "IANA"},
		{change("Australia/Sydney", ""), "peaks[0].timeZone", "IANA"},
		{change("Australia/Sydney", "Local"), "peaks[0].timeZone", "IANA"},
		{change("0 18 27 11 ? 2026", "0 18 27 11 ?"), "peaks[0].start", "six fields"},
		{change("0 18 27 11 ? 2026", "0 18 27 11 ? 2026) rate(1 minute"), "peaks[0].start", "six fields"},
		{change("0 2 28 11 ? 2026", ""), "peaks[0].end", "six fields"},
		{change(`"minimum":6`, `"minimum":2`), "peaks[0].minimum", "3 to 10"},
		{change(`"minimum":6`, `"minimum":11`), "peaks[0].minimum", "3 to 10"},
		{"[" + strings.Repeat(goodPeak+",", maxPeaks) + goodPeak + "]", "peaks", "at most 20"},
	} {
		_, err := loadWith(map[string]any{"peaks": bad.peaks})
		if err == nil {
			t.Errorf("%s is taken", bad.peaks)
			continue
		}
		if text := err.Error(); !strings.HasPrefix(text, "context "+bad.key+" is ") || !strings.Contains(text, bad.allowed) || strings.Contains(text, "\n") {
			t.Errorf("%s is refused with %q", bad.peaks, text)
		}
	}
}

// FuzzS2_Peaks: whatever is given is refused, or is a list that Application
// Auto Scaling can take.
func FuzzS2_Peaks(f *testing.F) {
	f.Add("[" + goodPeak + "]")
	f.Add("[" + goodPeak + "," + goodPeak + "]")
	f.Add(`[{"timeZone":"UTC","start":"0 8 ? * MON-FRI *","end":"0/30 20 L * ? 2026-2030","minimum":3}]`)
	f.Add(`[{"timeZone":"../../etc/passwd","start":"","end":"","minimum":-1}]`)
	f.Add("null")
	f.Add("[null]")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := loadWith(map[string]any{"peaks": text})
		if err != nil {
			return
		}
		for _, p := range c.Peaks {
			if p.Minimum <= MinTasks || p.Minimum > MaxTasks {
				t.Errorf("%q is taken with the minimum %d", text, p.Minimum)
			}
			if _, err := time.LoadLocation(p.TimeZone); err != nil || p.TimeZone == "" {
				t.Errorf("%q is taken with the time zone %q", text, p.TimeZone)
			}
			for _, cron := range []string{p.Start, p.End} {
				if len(strings.Fields(cron)) != 6 || strings.ContainsAny(cron, "()\n\t") {
					t.Errorf("%q is taken with the cron expression %q", text, cron)
				}
			}
		}
	})
}
