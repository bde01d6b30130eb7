package console_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// luminance is WCAG's relative luminance of a colour like #0b5cad.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil || len(hex) != 7 {
		t.Fatalf("%q is no colour of six digits", hex)
	}
	part := func(shift int) float64 {
		v := float64(n>>shift&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}

// contrast is WCAG's contrast ratio, 1 to 21.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

var namedColor = regexp.MustCompile(`--([a-z0-9]+): (#[0-9a-f]{6});`)

// WCAG 2.2: 1.4.3 wants 4.5 to 1 for text, 1.4.11 wants 3 to 1 for graphics.
func TestI5_ThePaletteHasContrast(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("style.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(content), "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("there is no dark palette")
	}
	for name, part := range map[string]string{"light": light, "dark": dark} {
		colors := map[string]string{}
		for _, found := range namedColor.FindAllStringSubmatch(part, -1) {
			colors[found[1]] = found[2]
		}
		for _, text := range []string{"text", "muted", "link", "good", "bad", "busy", "quiet"} {
			for _, ground := range []string{"ground", "panel"} {
				if c := contrast(t, colors[text], colors[ground]); c < 4.5 {
					t.Errorf("%s: %s on %s has %.2f to 1", name, text, ground, c)
				}
			}
		}
		for i := range 8 {
			look := "look" + strconv.Itoa(i)
			if c := contrast(t, colors[look], colors["panel"]); c < 3 {
				t.Errorf("%s: %s on the panel has %.2f to 1", name, look, c)
			}
		}
	}
}
