package console_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// paused keeps a page from being loaded again while a test looks at it.
func paused(path string) string {
	return path + "?pause=1"
}

// pageFaults is what every page is held against, in the page itself: names of
// fields, headings of tables, nothing wider than the window, no id twice.
const pageFaults = `(() => {
	const faults = [];
	const wide = document.documentElement.scrollWidth - window.innerWidth;
	if (wide > 0) faults.push('it is ' + wide + ' px wider than the window');
	for (const e of document.querySelectorAll('input, select')) if (!e.labels.length) faults.push('no label: ' + e.name);
	for (const e of document.querySelectorAll('table:not(.prose table)')) {
		if (!e.caption) faults.push('no caption: ' + e.textContent.slice(0, 40));
		if (!e.querySelector('th[scope=col]')) faults.push('no heading: ' + e.textContent.slice(0, 40));
	}
	for (const e of document.querySelectorAll('svg[role=img], [role=region]')) if (!e.getAttribute('aria-label')) faults.push('no name: ' + e.outerHTML.slice(0, 60));
	const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
	if (new Set(ids).size !== ids.length) faults.push('an id is there twice');
	for (const e of document.querySelectorAll('a')) if (!e.textContent.trim()) faults.push('a link without text');
	if (document.querySelectorAll('h1:not(.prose h1)').length !== 1) faults.push('not one h1');
	if (!document.documentElement.lang) faults.push('no language');
	return faults;
})()`

func TestO5_EveryPageFitsAPhoneAndComplainsOfNothing(t *testing.T) {
	t.Parallel()
	_, url := served(t)
	b := openBrowser(t, 360, 740)
	for _, path := range allPages {
		b.run(t, chromedp.Navigate(url+paused(path)))
		for _, fault := range ask[[]string](t, b, pageFaults) {
			t.Errorf("%s at 360 px: %s", path, fault)
		}
		for _, said := range b.complaints() {
			if path != "/nothing" || !strings.Contains(said, "404") {
				t.Errorf("%s: the browser says %s", path, said)
			}
		}
	}
}

func TestO5_TheBrowserDrawsEveryWidgetInItsPlace(t *testing.T) {
	t.Parallel()
	c, url := served(t)
	b := openBrowser(t, 1280, 900)
	b.run(t, chromedp.Navigate(url+paused("/")))
	widgets := strings.Count(c.body, `"type":`)
	if drawn := ask[int](t, b, `[...document.querySelectorAll('.widget')].filter(w => w.offsetWidth > 50 && w.offsetHeight > 50).length`); drawn != widgets {
		t.Errorf("%d of %d widgets are drawn", drawn, widgets)
	}
	if problems := ask[[]string](t, b, `[...document.querySelectorAll('.widget .problem')].map(e => e.textContent)`); len(problems) > 0 {
		t.Errorf("widgets are not drawn: %q", problems)
	}
	// The second row of the real dashboard has three charts side by side.
	places := ask[[]float64](t, b, `[1, 2, 3].map(i => document.getElementById('widget' + i).getBoundingClientRect()).flatMap(r => [r.left, r.top])`)
	if places[0] >= places[2] || places[2] >= places[4] || places[1] != places[3] || places[3] != places[5] {
		t.Errorf("the charts are at %v", places)
	}
	if without := ask[[]string](t, b, `[...document.querySelectorAll('.widget .chart')].filter(c => {
		const paths = [...c.querySelectorAll('path')].map(p => p.getBoundingClientRect()), frame = c.getBoundingClientRect();
		return !paths.length || paths.some(p => p.width < 50 || p.top < frame.top - 2 || p.bottom > frame.bottom + 2);
	}).map(c => c.getAttribute('aria-label'))`); len(without) > 0 {
		t.Errorf("lines are missing or outside of their charts: %q", without)
	}
	if said := b.complaints(); len(said) > 0 {
		t.Errorf("the browser says %q", said)
	}
}

func TestO5_TheKeyboardReachesNavigationAndContent(t *testing.T) {
	t.Parallel()
	_, url := served(t)
	b := openBrowser(t, 1280, 900)
	b.run(t, chromedp.Navigate(url+paused("/tasks")))
	var reached []string
	for range 17 { // the last is in the footer
		b.run(t, chromedp.KeyEvent(kb.Tab))
		reached = append(reached, ask[string](t, b, `(() => { const e = document.activeElement, s = getComputedStyle(e);
			return (e.getAttribute('href') || e.getAttribute('aria-label') || e.tagName) + (s.outlineStyle === 'none' ? ' unseen' : ''); })()`))
	}
	order := strings.Join(reached, "\n")
	if strings.Contains(order, "unseen") {
		t.Errorf("the focus is not seen:\n%s", order)
	}
	rest := order
	for _, wanted := range []string{"#content", "/tasks", "/", "/deployments", "/tasks", "/targets", "/notifications", "Tasks of service-catalog-dev", "/logs?task=0123456789abcdef"} {
		_, after, ok := strings.Cut(rest, wanted)
		if !ok {
			t.Fatalf("tab does not reach %s in this order:\n%s", wanted, order)
		}
		rest = after
	}
}

func TestO2_TheWaterfallNestsItsBars(t *testing.T) {
	t.Parallel()
	_, url := served(t)
	b := openBrowser(t, 1280, 900)
	b.run(t, chromedp.Navigate(url+"/traces"), chromedp.Click(`tbody a`), chromedp.WaitVisible(`.fall .bar`))
	type box struct{ Left, Right, Indent float64 }
	boxes := ask[[]box](t, b, `[...document.querySelectorAll('tbody tr')].map(r => {
		const bar = r.querySelector('.bar').getBoundingClientRect();
		return {Left: bar.left, Right: bar.right, Indent: parseFloat(getComputedStyle(r.querySelector('[data-depth]')).paddingLeft)};
	})`)
	if len(boxes) != 3 {
		t.Fatalf("there are %d bars", len(boxes))
	}
	for i := 1; i < len(boxes); i++ {
		above, below := boxes[i-1], boxes[i]
		if below.Indent <= above.Indent || below.Left <= above.Left || below.Right >= above.Right {
			t.Errorf("bar %d, %+v, does not lie within %+v", i, below, above)
		}
	}
}
