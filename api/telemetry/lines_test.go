package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"catalog/api/telemetry"
)

var moment = regexp.MustCompile(`"time":"[^"]*"`)

// TestO6_LinesAreWhatSlogWrites, whatever is in them.
func TestO6_LinesAreWhatSlogWrites(t *testing.T) {
	t.Parallel()
	for _, attrs := range [][]slog.Attr{
		nil,
		{slog.String("path", "/api/v1/products"), slog.Int("status", 200), slog.Int64("bytes", math.MinInt64), slog.Float64("ms", 0.123), slog.Bool("b", true)},
		{slog.String("quote", `a"b`), slog.String("slash", `a\b`), slog.String("line", "a\nb"), slog.String("cyrillic", "чай"), slog.String("html", "<&>")},
		{slog.Float64("zero", 0), slog.Float64("large", 1e21), slog.Float64("small", 1e-7), slog.Float64("whole", 3), slog.Float64("negative", -1.5)},
		{slog.Any("error", errors.New("broken")), slog.Duration("d", time.Second), slog.Time("t", time.Unix(0, 0)), slog.Uint64("u", 1)},
		{slog.Group("g", slog.Int("a", 1)), slog.String(`k"ey`, "v"), slog.Attr{}, slog.String("", "empty")},
		{slog.String("invalid", "\xff"), slog.Any("nil", nil), slog.Any("map", map[string]int{"a": 1})},
	} {
		for _, level := range []slog.Level{slog.LevelInfo, slog.LevelError, slog.LevelInfo + 1} {
			var ours, theirs bytes.Buffer
			log, err := telemetry.NewLogger(&ours, "debug")
			if err != nil {
				t.Fatal(err)
			}
			log.LogAttrs(context.Background(), level, "request", attrs...)
			slog.New(slog.NewJSONHandler(&theirs, nil)).LogAttrs(context.Background(), level, "request", attrs...)
			got, want := moment.ReplaceAllString(ours.String(), ""), moment.ReplaceAllString(theirs.String(), "")
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		}
	}
	var out bytes.Buffer
	log, err := telemetry.NewLogger(&out, "info")
	if err != nil {
		t.Fatal(err)
	}
	log.With("import", 7).WithGroup("g").Info("inside", "a", 1)
	log.Debug("not wanted")
	if text := out.String(); !strings.Contains(text, `"import":7,"g":{"a":1}`) || strings.Count(text, "\n") != 1 {
		t.Errorf("with attributes and a group: %s", text)
	}
}
