package console

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"catalog/local"
)

var logTime = time.Unix(1700000000, 0)

// logLines are four lines, a second between them.
func logLines() []local.LogLine {
	lines := []local.LogLine{{Time: logTime, Group: "other", Text: `{"level":"ERROR","msg":"other's"}`}}
	for i, text := range []string{
		`{"level":"INFO","msg":"request","status":200,"took":9,"tags":["a","b"],"http":{"path":"/x"}}`,
		`{"level":"WARN","msg":"slow request","status":200,"took":100}`,
		`{"level":"ERROR","msg":"request","status":503,"took":20,"odd name":true}`,
		`plain text`,
	} {
		lines = append(lines, local.LogLine{Time: logTime.Add(time.Duration(i) * time.Second), Group: "logs-api-dev", Container: "api", Task: "t1", Text: text})
	}
	return lines
}

var allTime = timeRange{logTime.Add(-time.Hour), logTime.Add(time.Hour)}

// answers runs a query and answers its rows, cells between commas.
func answers(t *testing.T, query string) []string {
	t.Helper()
	q, err := parseInsights(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	var rows []string
	for _, row := range q.run(logLines(), allTime).Rows {
		var cells []string
		for _, c := range row {
			cells = append(cells, c.Text)
		}
		rows = append(rows, strings.Join(cells, ","))
	}
	return rows
}

func TestO5_QueriesFindLines(t *testing.T) {
	t.Parallel()
	const from = `SOURCE 'logs-api-dev' | fields took | `
	for query, want := range map[string]string{
		from + `filter level in ["ERROR", "WARN"] | sort @timestamp desc | limit 20`:           "20 100",
		from + `filter level in ["ERROR", "WARN"] | sort took`:                                 "20 100",
		from + `sort took desc | limit 2`:                                                      "100 20",
		from + `filter took > 9 and status = 200`:                                              "100",
		from + `filter took <= 9 or level == "ERROR"`:                                          "20 9",
		from + `filter (took < 10 or took >= 100) and not level = 'WARN'`:                      "9",
		from + `filter msg like "slow"`:                                                        "100",
		from + `filter msg like /^req/ | filter status != 200`:                                 "20",
		from + `filter msg =~ /(?i)SLOW/`:                                                      "100",
		from + `filter msg not like "slow" and ispresent(took)`:                                "20 9",
		from + `filter level not in ["INFO", "WARN"] and ispresent(level)`:                     "20",
		from + "filter `odd name` = true":                                                      "20",
		from + `filter http.path = "/x" and tags.1 = "b"`:                                      "9",
		from + `filter status = took`:                                                          "",
		from + `filter @message like "plain"`:                                                  "-",
		"# a comment\nFIELDS took\n| FILTER level IN ['WARN'] # another":                       "100",
		`fields took | display level | filter level = "INFO"`:                                  "INFO",
		`filter @log = "other" | fields msg as what, @logStream`:                               "other's,/",
		`SOURCE 'other' | SOURCE "logs-api-dev" | fields level | filter level = "ERROR"`:       "ERROR ERROR",
		`SOURCE 'nobody', 'other' | fields @timestamp`:                                         "2023-11-14_22:13:20.000",
		from + `filter level != "ERROR"`:                                                       "- 100 9",
		from + `filter took > 1 | sort level asc, took desc`:                                   "20 9 100",
		from + `filter msg like /a\/b/ or msg like "\"" or msg like 'it\'s' or @message = 'x'`: "",
	} {
		got := answers(t, query)
		for i := range got {
			if got[i] = strings.ReplaceAll(got[i], " ", "_"); got[i] == "" {
				got[i] = "-"
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s\nfinds %q, want %q", query, got, want)
		}
	}
	if rows := answers(t, "limit 1"); len(rows) != 1 || !strings.Contains(rows[0], "plain text") {
		t.Errorf("without fields it answers %q", rows)
	}
	q, err := parseInsights("fields @message")
	if err != nil {
		t.Fatal(err)
	}
	if rows := q.run(logLines(), timeRange{logTime.Add(time.Second), logTime.Add(2 * time.Second)}).Rows; len(rows) != 2 {
		t.Errorf("%d lines are in two seconds", len(rows))
	}
}

func TestO5_QueriesThatAreWrongSayWhere(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"":                                  "character 1: the end is no command",
		"stats count(*) by x":               `character 1: "stats" is no command that runs here: use SOURCE`,
		"fields a | parse":                  `character 12: "parse" is no command`,
		"fields a b":                        `character 10: "b" stands where "|" is expected`,
		"fields strcontains(a, 'b')":        "functions run on AWS only",
		"filter":                            "the end stands where a field is expected",
		"filter a":                          "the end stands where a comparison is expected",
		"filter a = ":                       "the end stands where a value is expected",
		"filter a = and":                    `"and" stands where a value is expected`,
		"filter and = 1":                    `"and" stands where a field is expected`,
		"filter (a = 1":                     `the end stands where ")" is expected`,
		"filter a in 'x'":                   `"x" stands where "[" is expected`,
		"filter a in ['x'":                  `the end stands where "]" is expected`,
		"filter a like 3":                   "like wants a text in quotes",
		"filter a like /(/":                 "regular expression is not valid",
		"filter a not = 1":                  "stands where in or like is expected",
		`filter a = "x`:                     `character 12: a " is opened here and never closed`,
		"filter a = ;":                      `";" stands where a value is expected`,
		"limit 0":                           "limit wants 1 to 10000",
		"limit many":                        "limit wants 1 to 10000",
		"SOURCE logs":                       "SOURCE wants the name of a log group in quotes",
		"sort |":                            "a field is expected",
		strings.Repeat("x", 10_001):         "more than 10000 characters",
		"filter " + strings.Repeat("(", 60): "nested more than 50 deep",
	} {
		_, err := parseInsights(query)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: the error is %v, want %q", query, err, want)
		}
	}
}

func FuzzInsights(f *testing.F) {
	f.Add("SOURCE 'logs-api-dev' | fields @timestamp, msg as m | filter level in [\"ERROR\"] and not (took > 3 or msg like /x/) | sort took desc | limit 20")
	f.Add("filter ispresent(a) # c\n| display `b c`")
	lines := logLines()
	f.Fuzz(func(t *testing.T, query string) {
		q, err := parseInsights(query)
		if err != nil {
			if len(query) < 1000 && !strings.HasPrefix(err.Error(), "the query cannot be read at character ") {
				t.Fatalf("%q: %v", query, err)
			}
			return
		}
		table := q.run(lines, allTime)
		for _, row := range table.Rows {
			if len(row) != len(table.Fields) || len(table.Rows) > q.Limit {
				t.Fatal(fmt.Sprint(table))
			}
		}
	})
}
