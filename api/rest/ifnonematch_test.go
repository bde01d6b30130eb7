package rest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// large is a product whose answer is coded for those who take that.
var large = `{"sku":"L-1","name":"Kettle","description":"` + strings.Repeat("It boils water. ", 100) + `"}`

func TestIfNoneMatchIsComparedWeakly(t *testing.T) {
	t.Parallel()
	d := &direct{t, newServer(t, &memoryStore{}, io.Discard)}
	path := d.create(`{"sku":"A-1","name":"Kettle"}`)
	for given, want := range map[string]int{
		`"1"`: 304, `W/"1"`: 304, `"0", "1"`: 304, `"0" ,W/"1"`: 304, `,"0",, "1" ,`: 304, `*`: 304, ` * `: 304,
		`"1-gzip"`: 304, `"1-zstd"`: 304, `W/"1-gzip"`: 304, `"x,y", "1"`: 304, `"кот", "1"`: 304,
		``: 200, `"2"`: 200, `1`: 200, `"1`: 200, `1"`: 200, `'1'`: 200, `"1-br"`: 200, `"1-gzip-zstd"`: 200, `"-gzip"`: 200, `"01"`: 200,
		`*, "1"`: 200, `"1", *`: 200, `"1" "2"`: 200, `"1"x`: 200, `w/"1"`: 200, `W/ "1"`: 200, `"1", x`: 200, `"1 "`: 200, `"*"`: 200,
	} {
		a := d.ask("GET", path, "", "If-None-Match", given)
		h := a.Header
		if a.StatusCode != want || h.Get("ETag") != `"1"` || h.Get("Vary") != "Accept-Encoding" || h.Get("Cache-Control") != "public, max-age=0, stale-if-error=300" {
			t.Errorf("If-None-Match: %s: %d %v, want %d", given, a.StatusCode, h, want)
		}
		if want == 304 && (len(a.body) > 0 || h.Get("Content-Type") != "" || h.Get("Content-Length") != "") {
			t.Errorf("If-None-Match: %s: a body of %v: %q", given, h, a.body)
		}
	}
	d.want(304, "", "GET", path, "", "If-None-Match", `"0"`, "If-None-Match", `"1"`)
	d.want(200, "", "GET", path, "", "If-None-Match", `"0"`, "If-None-Match", `"2"`)
	d.want(304, "", "HEAD", path, "", "If-None-Match", `"1"`)
	d.want(404, "", "GET", path[:len(path)-1]+"x", "", "If-None-Match", "*")
	d.want(400, "", "GET", path+"?x=1", "", "If-None-Match", "*")
}

// TestUnchangedIsOfTheCodingThatWouldBeSent: a 304 carries the header that the
// 200 would (RFC 9110, section 15.4.5).
func TestUnchangedIsOfTheCodingThatWouldBeSent(t *testing.T) {
	t.Parallel()
	d := &direct{t, newServer(t, &memoryStore{}, io.Discard)}
	path := d.create(large)
	for coding, want := range map[string]string{"": `"1"`, "gzip": `"1-gzip"`, "zstd": `"1-zstd"`} {
		for _, given := range []string{`"1"`, `"1-gzip"`, `"1-zstd"`, `*`} {
			a := d.want(304, "", "GET", path, "", "If-None-Match", given, "Accept-Encoding", coding)
			if got := a.Header.Get("ETag"); got != want || a.Header.Get("Content-Encoding") != "" || a.Header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s with %q: %v, want ETag %s", given, coding, a.Header, want)
			}
		}
	}
}

// TestListsAndCategoriesHaveTags of their own bytes: they change with them and
// stay with them.
func TestListsAndCategoriesHaveTags(t *testing.T) {
	t.Parallel()
	d := &direct{t, newServer(t, &memoryStore{}, io.Discard)}
	d.want(201, "", "PUT", "/api/v1/categories/kitchen", `{"name":"Kitchen"}`)
	d.create(`{"sku":"A-1","name":"Kettle","category":"kitchen"}`)
	for _, path := range []string{"/api/v1/products", "/api/v1/products?fields=sku", "/api/v1/categories", "/api/v1/categories/kitchen"} {
		tag := d.get(path).Header.Get("ETag")
		d.want(304, "", "GET", path, "", "If-None-Match", tag)
		d.want(304, "", "GET", path, "", "If-None-Match", "W/"+tag)
		d.want(200, "", "GET", path, "", "If-None-Match", `"1"`)
		if !strings.HasPrefix(path, "/api/v1/products") {
			d.want(200, "", "PUT", "/api/v1/categories/kitchen", `{"name":"Kitchen `+tag[1:2]+`"}`)
		} else {
			d.create(`{"sku":"` + tag[1:len(tag)-1] + `","name":"Kettle"}`)
		}
		if again := d.want(200, "", "GET", path, "", "If-None-Match", tag); again.Header.Get("ETag") == tag {
			t.Errorf("%s has changed and is %s still", path, tag)
		}
	}
}

// FuzzIfNoneMatch: whatever a client sends, it is answered, and 304 only where
// the header holds the tag or is "*".
func FuzzIfNoneMatch(f *testing.F) {
	for _, seed := range []string{`"1"`, `W/"1"`, `"1-gzip", "2"`, "*", "", `"`, `,,,"1"`, `W/`, `"1"x`, "\x00", `"\xff"`, `* , "1"`} {
		f.Add(seed)
	}
	d := &direct{f, newServer(f, &memoryStore{}, io.Discard)}
	path := d.create(`{"sku":"A-1","name":"Kettle"}`)
	f.Fuzz(func(t *testing.T, given string) {
		d := &direct{t, d.server}
		a := d.ask("GET", path, "", "If-None-Match", given)
		named := strings.Contains(given, `"1"`) || strings.Contains(given, `"1-gzip"`) || strings.Contains(given, `"1-zstd"`) || strings.Trim(given, " \t") == "*"
		if a.StatusCode != http.StatusOK && (a.StatusCode != http.StatusNotModified || !named) {
			t.Errorf("%q: %d %s", given, a.StatusCode, a.body)
		}
	})
}
