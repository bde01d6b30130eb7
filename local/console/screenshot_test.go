package console_test

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// A picture of an environment that runs:
//
//	go test ./local/console -run TestScreenshot -screenshot http://127.0.0.1:8081/?range=15m
//
// Tests run in their package's folder, so -screenshot-to is best absolute.
var (
	screenshotOf = flag.String("screenshot", "", "draw this page of an environment that runs")
	screenshotTo = flag.String("screenshot-to", "../../docs/console.png", "the picture's file")
)

// The picture's size, and how large its file may be.
const (
	pictureWidth, pictureHeight = 1280, 1560
	maxPicture                  = 300_000
)

func TestScreenshot(t *testing.T) {
	if *screenshotOf == "" {
		t.Skip("no -screenshot is given")
	}
	page, err := url.Parse(*screenshotOf)
	if err != nil {
		t.Fatal(err)
	}
	query := page.Query()
	query.Set("pause", "1")
	page.RawQuery = query.Encode()
	b := openBrowser(t, pictureWidth, pictureHeight)
	var picture []byte
	b.run(t, chromedp.Navigate(page.String()), chromedp.WaitVisible("#content"), chromedp.CaptureScreenshot(&picture))
	if len(picture) > maxPicture {
		picture = fewerColors(t, picture)
	}
	if len(picture) > maxPicture {
		t.Errorf("the picture has %d bytes, and %d are allowed", len(picture), maxPicture)
	}
	if err := os.WriteFile(*screenshotTo, picture, 0o644); err != nil {
		t.Fatal(err)
	}
	to, _ := filepath.Abs(*screenshotTo)
	t.Logf("%s has %d bytes", to, len(picture))
}

// fewerColors draws a picture with its 256 most frequent colours: a page has
// few, and the edges of its letters.
func fewerColors(t *testing.T, picture []byte) []byte {
	t.Helper()
	full, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	counts := map[color.Color]int{}
	for y := full.Bounds().Min.Y; y < full.Bounds().Max.Y; y++ {
		for x := full.Bounds().Min.X; x < full.Bounds().Max.X; x++ {
			counts[full.At(x, y)]++
		}
	}
	colors := slices.SortedFunc(maps.Keys(counts), func(a, b color.Color) int { return counts[b] - counts[a] })
	few := image.NewPaletted(full.Bounds(), colors[:min(256, len(colors))])
	draw.Draw(few, few.Bounds(), full, full.Bounds().Min, draw.Src)
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, few); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
