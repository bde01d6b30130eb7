package metrics_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"catalog/local/metrics"
)

var none = math.NaN()

// line makes points, a minute apart; none leaves one out.
func line(values ...float64) []metrics.Point {
	var points []metrics.Point
	for i, v := range values {
		if !math.IsNaN(v) {
			points = append(points, metrics.Point{Time: at(i), Value: v})
		}
	}
	return points
}

func evaluate(t *testing.T, text string, series map[string][]metrics.Point, count int) []metrics.Point {
	t.Helper()
	e, err := metrics.ParseExpression(text)
	if err != nil {
		t.Fatal(err)
	}
	var times []time.Time
	for i := range count {
		times = append(times, at(i))
	}
	return e.Evaluate(series, times)
}

func TestI5_ArithmeticIsEverybodys(t *testing.T) {
	t.Parallel()
	series := map[string][]metrics.Point{"m": line(3), "n": line(4), "z": line(0)}
	for text, want := range map[string]float64{
		"m + n * 2": 11, "(m + n) * 2": 14, "m - n - 1": -2, "m / n / 2": 0.375, "2 ^ m ^ 2": 512, "-m ^ 2": -9, "2 ^ -m": 0.125, "-m * -n": 12,
		"m*1.5e1 + .5": 45.5, "m == 3": 1, "m != 3": 0, "m < n": 1, "m <= 3": 1, "m > n": 0, "n >= m": 1,
		"m > 1 AND n > 9": 0, "m > 1 && n > 1": 1, "m > 9 OR n > 1": 1, "z || z": 0, "1 + 1 == 2 AND m": 1, "z OR m AND z": 0,
		"ABS(-m)": 3, "CEIL(m/2)": 2, "FLOOR(m/2)": 1, "MIN([m, n])": 3, "MAX([m, n])": 4, "SUM([m, n, z])": 7, "AVG([m, n])": 3.5,
		"SUM([m, n] * 2)": 14, "MAX(ABS([-m, -n]))": 4, "m - MIN(m)": 0, "TIME_SERIES(5)": 5, "TIME_SERIES(MAX(n) + 1)": 5,
		"IF(m > 1, n, z)": 4, "IF(z, n, m)": 3, "IF(1, m)": 3, "IF(m, 7, 8)": 7, "FILL(m, 9)": 3,
	} {
		if got := evaluate(t, text, series, 1); len(got) != 1 || got[0].Value != want || !got[0].Time.Equal(at(0)) {
			t.Errorf("%s is %v, want %v", text, got, want)
		}
	}
}

// The tables of AWS's "Using math expressions with CloudWatch metrics" are among
// these.
func TestI5_MissingDataPointsAreTreatedAsDocumented(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text    string
		a, b, c []metrics.Point
		want    []metrics.Point
		count   int // 0: 5
	}{
		{"a + b", line(1, none, 3, none), line(1, 2, none, none), nil, line(2), 0},
		{"-a", line(1, none), nil, nil, line(-1), 0},
		{"a / b", line(1, 1), line(0, 2), nil, line(none, 0.5), 0},
		{"a ^ b", line(10, -1), line(999, 0.5), nil, nil, 0},
		{"a < b", line(30, 20, 0, 0), line(20, none, 20, none), nil, line(0, 0, 1, 0), 0},
		{"a >= 30", line(30, 20, 0, 0, none), nil, nil, line(1, 0, 0, 0), 0},
		{"a > 15 AND b > 15", line(30, 20, 0, 0), line(20, none, 20, none), nil, line(1, 0, 0, 0), 0},
		{"IF(a, b, c)", line(1, 1, 0, 0, none), line(30, none, 0, 0, 30), line(0, 0, 20, none, 20), line(30, 0, 20), 0},
		{"IF(a, 5, c)", line(1, 1, 0, 0, none), nil, line(0, 0, 20, none, 20), line(5, 5, 20), 0},
		{"IF(a, b, 5)", line(1, 1, 0, 0, none), line(30, none, 0, 0, 30), nil, line(30, 0, 5, 5), 0},
		{"IF(a < 400, a)", line(100, 500, none), nil, nil, line(100), 0},
		{"IF(0, a)", line(1), nil, nil, nil, 0},
		{"FILL(a, 7)", line(none, 1, none), nil, nil, line(7, 1, 7), 3},
		{"FILL(a, b)", line(none, 1, none), line(5, 5, none), nil, line(5, 1), 0},
		{"FILL(a, 0)", nil, nil, nil, line(0, 0, 0, 0, 0), 0},
		{"FILL(a, REPEAT)", line(none, 1, none, none, 4), nil, nil, line(none, 1, 1, 1, 4), 0},
		{"FILL(a, LINEAR)", line(none, 1, none, none, 4, none), nil, nil, line(none, 1, 2, 3, 4), 0},
		{"SUM(FILL([a, b], 1))", line(none, 2), line(3, none), nil, line(4, 3), 2},
		{"SUM([a, b])", line(1, none, none), line(1, 2, none), nil, line(2, 2), 0},
		{"AVG([a, b])", line(1, none, none), line(1, 2, none), nil, line(1, 1), 0},
		{"a - AVG(a)", line(1, none, 3), nil, nil, line(-1, none, 1), 0},
		{"b + MAX(a)", nil, line(1), nil, nil, 0},
	} {
		count := 5
		if c.count > 0 {
			count = c.count
		}
		if got := evaluate(t, c.text, map[string][]metrics.Point{"a": c.a, "b": c.b, "c": c.c}, count); !slices.Equal(got, c.want) {
			t.Errorf("%s is %v, want %v", c.text, got, c.want)
		}
	}
}

func TestI5_AnExpressionsTroubleHasAPosition(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                         "at character 1: here is the end where a number, an id",
		"m1 +":                     "at character 5: here is the end",
		"m1 m2":                    `at character 4: here is "m2" where an operator or the end is needed`,
		"(m1":                      `at character 4: here is the end where ")"`,
		"m1 = 2":                   `at character 4: '=' is nothing`,
		"m1 + é":                   `at character 6: 'é' is nothing`,
		"1.2.3 * m1":               "at character 4",
		"5x":                       "at character 1: this is not a number",
		"RATE(m1)":                 "at character 1: RATE does not run here: use ABS, AVG,",
		"SEARCH('x')":              "SEARCH does not run here",
		"MAX m1":                   "the parenthesis of MAX",
		"MAX()":                    `here is ")"`,
		"MAX(m1, m2)":              "MAX has 2 arguments",
		"IF(m1)":                   "IF has 1 arguments",
		"IF([m1], 1, 2)":           "IF takes a condition",
		"FILL(m1)":                 "FILL has 1 arguments",
		"FILL(1, m1)":              "FILL takes a time series",
		"m1 + REPEAT":              "REPEAT is only for FILL's second argument",
		"FILL(REPEAT, 1)":          "REPEAT is only",
		"TIME_SERIES(m1)":          "TIME_SERIES takes a number",
		"MIN(5)":                   "MIN takes one time series",
		"[m1, 5]":                  "a list holds time series",
		"SUM([m1] + [m2])":         "does not join two lists",
		"5 + 5":                    "at character 3: the whole is a number",
		"MAX(m1)":                  "the whole is a number",
		"[m1, m2]":                 "the whole is a list of time series",
		"REPEAT":                   "the whole is a word of FILL",
		"m1 AND":                   "here is the end",
		strings.Repeat("(", 200):   "nested too deep",
		strings.Repeat("-", 200):   "nested too deep",
		strings.Repeat("m+", 2000): "longer than 2,048 characters",
		"FILL(m1, 1, 2)":           "FILL has 3 arguments",
	} {
		if _, err := metrics.ParseExpression(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.50q gives the error %v, want one with %q", text, err, want)
		}
	}
}

func TestI5_AnExpressionNamesItsIDs(t *testing.T) {
	t.Parallel()
	e, err := metrics.ParseExpression("IF(FILL(requests, 0) >= 20, 100 * (FILL(tasks, 0) + FILL(balancer, 0)) / requests, 0)")
	if err != nil || !slices.Equal(e.IDs(), []string{"balancer", "requests", "tasks"}) || !strings.HasPrefix(e.String(), "IF(FILL") {
		t.Errorf("the ids are %v, %v", e.IDs(), err)
	}
}

func FuzzParseExpression(f *testing.F) {
	for _, seed := range []string{"IF(FILL(a, 0) >= 20, 100 * (b + 1) / a, 0)", "SUM([a, b] ^ 2) - MAX(a)", "FILL(a, REPEAT) AND -b != 1e3", "TIME_SERIES(AVG(a))", "FILL([a,b],LINEAR)"} {
		f.Add(seed)
	}
	series := map[string][]metrics.Point{"a": line(1, none, 0, -4), "b": line(none, none, 5, 1e200)}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := metrics.ParseExpression(text)
		if err != nil {
			if !strings.Contains(err.Error(), "at character ") {
				t.Errorf("%q gives an error without a position: %v", text, err)
			}
			return
		}
		for _, p := range e.Evaluate(series, []time.Time{at(0), at(1), at(2), at(3)}) {
			if math.IsNaN(p.Value) || math.IsInf(p.Value, 0) {
				t.Errorf("%q has %v", text, p)
			}
		}
		e.Evaluate(nil, nil)
	})
}
