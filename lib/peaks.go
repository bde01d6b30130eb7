package lib

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"time"
	_ "time/tzdata" // zones are checked wherever the synthesis runs

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapplicationautoscaling"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/jsii-runtime-go"
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
		case p.Minimum <= minTasks || p.Minimum > maxTasks:
			return refuse(key+".minimum", p.Minimum, fmt.Sprintf("%d to %d tasks", minTasks+1, maxTasks))
		}
	}
	return nil
}

// schedulePeaks raises the least number of tasks at each peak's start and
// gives the usual one back at its end. Target tracking goes on in between.
func schedulePeaks(config Config, tasks awsecs.ScalableTaskCount) {
	for i, p := range config.Peaks {
		for _, edge := range []struct {
			id, cron string
			minimum  int
		}{
			{fmt.Sprintf("Peak%dStart", i), p.Start, p.Minimum},
			{fmt.Sprintf("Peak%dEnd", i), p.End, minTasks},
		} {
			tasks.ScaleOnSchedule(jsii.String(edge.id), &awsapplicationautoscaling.ScalingSchedule{
				Schedule:    awsapplicationautoscaling.Schedule_Expression(jsii.String("cron(" + edge.cron + ")")),
				TimeZone:    awscdk.TimeZone_Of(jsii.String(p.TimeZone)),
				MinCapacity: jsii.Number(edge.minimum),
			})
		}
	}
}
