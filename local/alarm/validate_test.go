package alarm_test

import (
	"encoding/json"
	"strings"
	"testing"

	"catalog/local/alarm"
	"catalog/local/metrics"
)

func TestI5_WhatCloudWatchRefusesIsRefused(t *testing.T) {
	t.Parallel()
	stat := `"MetricStat": {"Metric": {"MetricName": "m", "Namespace": "n"}, "Period": 60, "Stat": "Sum"}`
	none := `"Namespace": "", "MetricName": "", "Statistic": "", "Period": 0, "Dimensions": [], `
	for change, want := range map[string]string{
		`{"AlarmName": ""}`: "AlarmName",
		`{"ComparisonOperator": "GreaterThanUpperThreshold"}`: "ComparisonOperator",
		`{"Threshold": null}`:                              "Threshold",
		`{"Threshold": "NaN"}`:                             "Threshold",
		`{"ThresholdMetricId": "band"}`:                    "anomaly detection",
		`{"TreatMissingData": "notbreaching"}`:             "TreatMissingData",
		`{"EvaluationPeriods": 0}`:                         "EvaluationPeriods",
		`{"EvaluationPeriods": 2.5}`:                       "EvaluationPeriods",
		`{"DatapointsToAlarm": 4}`:                         "DatapointsToAlarm",
		`{"Period": 10}`:                                   "multiple of 60",
		`{"Period": 90}`:                                   "multiple of 60",
		`{"Period": 60.5}`:                                 "multiple of 60",
		`{"Period": 1e300}`:                                "more than a day",
		`{"EvaluationPeriods": 1441}`:                      "more than a day",
		`{"Namespace": ""}`:                                "watches nothing",
		`{"Statistic": ""}`:                                "either a Statistic or an ExtendedStatistic",
		`{"Statistic": "p99"}`:                             "its Statistic",
		`{"Statistic": "average"}`:                         "its Statistic",
		`{"Statistic": "", "ExtendedStatistic": "tm99"}`:   "its ExtendedStatistic",
		`{"ExtendedStatistic": "p99"}`:                     "either a Statistic or an ExtendedStatistic",
		`{"EvaluateLowSampleCountPercentile": "ignore"}`:   "only for an ExtendedStatistic",
		`{"EvaluateLowSampleCountPercentile": "x"}`:        "must be evaluate or ignore",
		`{"AlarmActions": ["1", "2", "3", "4", "5", "6"]}`: "more than 5 actions",
		`{"Metrics": [{"Id": "m", ` + stat + `}]}`:         "Metrics and a metric of its own",

		`{` + none + `"Metrics": [{"Id": "M", ` + stat + `}]}`:                                                                                  "small letter",
		`{` + none + `"Metrics": [{"Id": "m"}]}`:                                                                                                "either a MetricStat or an Expression",
		`{` + none + `"Metrics": [{"Id": "m", "Expression": "1", ` + stat + `}]}`:                                                               "either a MetricStat or an Expression",
		`{` + none + `"Metrics": [{"Id": "e", "Expression": "m +"}]}`:                                                                           "at character 4",
		`{` + none + `"Metrics": [{"Id": "e", "Expression": "m"}]}`:                                                                             `uses "m"`,
		`{` + none + `"Metrics": [{"Id": "e", "Expression": "f"}, {"Id": "f", "Expression": "e"}]}`:                                             "2 have ReturnData true",
		`{` + none + `"Metrics": [{"Id": "e", "Expression": "f"}, {"Id": "f", "Expression": "e", "ReturnData": false}]}`:                        "uses itself",
		`{` + none + `"Metrics": [{"Id": "m", ` + stat + `}, {"Id": "m", "ReturnData": false, ` + stat + `}]}`:                                  "twice",
		`{` + none + `"Metrics": [{"Id": "m", ` + strings.Replace(stat, "Sum", "IQM", 1) + `}]}`:                                                "its Stat",
		`{` + none + `"Metrics": [{"Id": "m", ` + strings.Replace(stat, `"n"`, `""`, 1) + `}]}`:                                                 "needs a Namespace",
		`{` + none + `"Metrics": [{"Id": "m", ` + stat + `}, {"Id": "l", "ReturnData": false, ` + strings.Replace(stat, "60", "120", 1) + `}]}`: "several periods",
		`{` + none + `"Metrics": [` + strings.Repeat(`{"Id": "m", `+stat+`},`, 10) + `{"Id": "m", ` + stat + `}]}`:                              "more than 10",
		`{` + none + `"Metrics": [{"Id": "e", "Expression": "TIME_SERIES(1)"}]}`:                                                                "multiple of 60",
	} {
		_, err := alarm.New(read(t, cpuHigh, change))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives the error %v, want one with %q", change, err, want)
		}
	}
}

func TestI5_NumbersAndBooleansThatAreNoneAreNamed(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		`{"Threshold": "high"}`:     `"high" is no number`,
		`{"Period": {"Ref": "x"}}`:  "is no number",
		`{"ActionsEnabled": "yes"}`: `"yes" is neither true nor false`,
	} {
		var p alarm.Properties
		if err := json.Unmarshal([]byte(content), &p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %v, want %q", content, err, want)
		}
	}
}

func FuzzProperties(f *testing.F) {
	f.Add(cpuHigh)
	f.Add(errorsHigh)
	f.Fuzz(func(t *testing.T, text string) {
		var p alarm.Properties
		if json.Unmarshal([]byte(text), &p) != nil {
			return
		}
		a, err := alarm.New(p)
		if err != nil {
			return
		}
		s := metrics.NewStore()
		for _, k := range a.Keys() {
			put(s, k, 1, 100, 1, 100)
		}
		state, changed := a.Evaluate(s, now)
		if changed != (state.Value != alarm.InsufficientData) || state.Reason == "" {
			t.Errorf("%s makes %+v, %v", text, state, changed)
		}
	})
}
