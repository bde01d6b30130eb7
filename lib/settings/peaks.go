package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"time"
	_ "time/tzdata" // zones are checked wherever the synthesis runs
)

// Peak is a known time of many customers: from Start to End, by the clock of
// TimeZone, there are Minimum tasks at least. Start and End are the six fields
// of a cron expression as Application Auto Scaling takes them: minute, hour,
// day of the month, month, day of the week, year, like "0 18 27 11 ? 2026".
type Peak struct {
	TimeZone string `json:"timeZone"`
	Start    string `json:"start"`
	End      string `json:"end"`
	Minimum  int    `json:"minimum"`
}

const (
	maxPeaks     = 20
	peaksAllowed = `a JSON list like [{"timeZone":"Australia/Sydney","start":"0 18 27 11 ? 2026","end":"0 2 28 11 ? 2026","minimum":6}]`
)

var cronPattern = regexp.MustCompile(`^[0-9*,/-]+ [0-9*,/-]+ [0-9*,/?LW-]+ [0-9A-Z*,/-]+ [0-9A-Z*,/?#-]+ [0-9*,/-]+$`)

// peaks reads the list: JSON in cdk.json, or the same as text.
func (r *reader) peaks(key string) []Peak {
	value := r.lookup(key)
	if value == nil {
		return nil
	}
	text, isText := value.(string)
	if !isText {
		content, err := json.Marshal(value)
		if err != nil {
			r.fail(key, value, peaksAllowed)
			return nil
		}
		text = string(content)
	}
	var peaks []Peak
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&peaks); err != nil || decoder.More() {
		r.fail(key, text, peaksAllowed)
		return nil
	}
	return peaks
}

func validatePeaks(peaks []Peak) error {
	if len(peaks) > maxPeaks {
		return refuse("peaks", len(peaks), fmt.Sprintf("at most %d peaks", maxPeaks))
	}
	for i, p := range peaks {
		key := fmt.Sprintf("peaks[%d]", i)
		_, err := time.LoadLocation(p.TimeZone)
		switch {
		case err != nil || p.TimeZone == "" || p.TimeZone == "Local":
			return refuse(key+".timeZone", p.TimeZone, "a time zone of the IANA database, like Australia/Sydney")
		case !cronPattern.MatchString(p.Start):
			return refuse(key+".start", p.Start, "the six fields of a cron expression, like 0 18 27 11 ? 2026")
		case !cronPattern.MatchString(p.End):
			return refuse(key+".end", p.End, "the six fields of a cron expression, like 0 2 28 11 ? 2026")
		case p.Minimum <= MinTasks || p.Minimum > MaxTasks:
			return refuse(key+".minimum", p.Minimum, fmt.Sprintf("%d to %d tasks", MinTasks+1, MaxTasks))
		}
	}
	return nil
}
