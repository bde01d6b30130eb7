package console_test

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// findBrowser is Chromium's program: $CHROME, or what is installed. Without one
// the tests that need it are left out, except in CI.
func findBrowser(t *testing.T) string {
	t.Helper()
	if named := os.Getenv("CHROME"); named != "" {
		return named
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no browser is installed, and CI must look at the pages: apt-get install -y chromium, or set CHROME")
	}
	t.Skip("no browser is installed: apt-get install -y chromium, or set CHROME, to look at the pages")
	return ""
}

// browser is a headless Chromium with a data folder of its own.
type browser struct {
	context.Context
	mu       sync.Mutex
	messages []string // what the browser's console says
}

// browserTime is how long a test may take with a browser, whose start alone
// can take seconds on a busy machine.
const browserTime = 2 * time.Minute

func openBrowser(t *testing.T, width, height int64) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(findBrowser(t)), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.WSURLReadTimeout(time.Minute))
	deadline, cancel := context.WithTimeout(context.Background(), browserTime)
	allocator, stop := chromedp.NewExecAllocator(deadline, options...)
	tab, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		chromedp.Cancel(tab) // waits until the browser has ended
		closeTab()
		stop()
		cancel()
	})
	b := &browser{Context: tab}
	chromedp.ListenTarget(tab, b.listen)
	b.run(t, log.Enable(), runtime.Enable(), emulation.SetDeviceMetricsOverride(width, height, 1, false))
	return b
}

// listen keeps what the browser complains about.
func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch event := event.(type) {
	case *log.EventEntryAdded:
		b.messages = append(b.messages, event.Entry.Text)
	case *runtime.EventExceptionThrown:
		b.messages = append(b.messages, event.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		b.messages = append(b.messages, "console."+event.Type.String())
	}
}

// complaints are what the browser said since the last time.
func (b *browser) complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	said := b.messages
	b.messages = nil
	return said
}

func (b *browser) run(t *testing.T, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(b, actions...); err != nil {
		t.Fatal(err)
	}
}

// ask evaluates an expression in the page.
func ask[T any](t *testing.T, b *browser, expression string) T {
	t.Helper()
	var answer T
	b.run(t, chromedp.Evaluate(expression, &answer))
	return answer
}

// served is a canned system behind a real server.
func served(t *testing.T) (c *canned, url string) {
	t.Helper()
	c = newCanned(t)
	server := httptest.NewServer(c.handler(t))
	t.Cleanup(server.Close)
	return c, server.URL
}

var allPages = []string{
	"/", "/deployments", "/tasks", "/targets", "/alarms", "/metrics", "/logs", "/traces", "/traces/" + exampleTrace, "/events", "/notifications",
	"/runbooks/cpu-high", "/runbooks/README", "/nothing",
}
