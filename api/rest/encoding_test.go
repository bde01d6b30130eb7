package rest_test

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// decoded is an answer's body without its content coding.
func decoded(t *testing.T, a answer) string {
	t.Helper()
	var plain io.Reader = bytes.NewReader(a.body)
	var err error
	switch coding := a.Header.Get("Content-Encoding"); coding {
	case "":
	case "gzip":
		plain, err = gzip.NewReader(plain)
	case "zstd":
		var d *zstd.Decoder
		if d, err = zstd.NewReader(plain, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20)); err == nil { // as browsers bound it
			defer d.Close()
		}
		plain = d
	default:
		t.Fatalf("Content-Encoding is %q", coding)
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// wantCoded holds an answer to a coding of a text.
func wantCoded(t *testing.T, a answer, coding, text string) {
	t.Helper()
	h := a.Header
	length := h.Get("Content-Length") // of a short body net/http says it, and this is none
	if length == "" && len(a.body) <= 2048 {
		length = strconv.Itoa(len(a.body))
	}
	if h.Get("Content-Encoding") != coding || h.Get("Vary") != "Accept-Encoding" || length != strconv.Itoa(len(a.body)) {
		t.Errorf("%s with Accept-Encoding %q: %v, want the coding %q", a.Request.URL, a.Request.Header["Accept-Encoding"], h, coding)
	}
	if tag := h.Get("ETag"); a.Request.Method == "GET" && (coding != "") != strings.HasSuffix(tag, "-"+coding+`"`) {
		t.Errorf("%s in %q has ETag %s", a.Request.URL, coding, tag)
	}
	if got := decoded(t, a); got != text || coding != "" && len(a.body) >= len(text) {
		t.Errorf("%s in %q is %d bytes, and decoded %.100s", a.Request.URL, coding, len(a.body), got)
	}
}

func TestCodingIsTheOneThatTheClientLikesBest(t *testing.T) {
	t.Parallel()
	d := &direct{t, newServer(t, &memoryStore{}, io.Discard)}
	path := d.create(large)
	plain := string(d.get(path).body)
	for given, want := range map[string]string{
		"gzip": "gzip", "GZip": "gzip", "gzip, deflate": "gzip", "gzip, deflate, br": "gzip", "deflate, gzip": "gzip", "gzip;q=0.1": "gzip",
		"zstd": "zstd", "gzip, deflate, br, zstd": "zstd", "zstd, gzip": "zstd", "gzip,zstd": "zstd", "gzip;q=0.5, zstd;q=0.5": "zstd",
		"gzip;q=1.0, zstd;q=0.5": "gzip", "gzip; q=0.2 , zstd;\tQ = 0.1": "gzip", "zstd;q=0, gzip": "gzip", "gzip;q=0, zstd;q=0.001": "zstd",
		"*": "zstd", "*;q=0.5": "zstd", "zstd;q=0, *": "gzip", "gzip;q=0.7, *;q=0.1": "gzip", "gzip;q=0, zstd;q=0.0, *": "",
		"": "", ",": "", "identity": "", "br": "", "deflate": "", "gzip;q=0": "", "*;q=0": "", "gzip;q=0.000": "", "gzip;q=nan": "", "gzip;q=-1": "", "gzip;q=2": "", "gzip;q=": "",
		"identity;q=1, gzip;q=0.5": "", "identity, *;q=0.1": "", "identity;q=0.5, gzip;q=0.5": "gzip", "identity;q=0": "", "identity;q=0, gzip": "gzip", "identity;q=0.5, gzip;q=1": "gzip",
		"x-gzip-not": "", "gzipped": "",
	} {
		wantCoded(t, d.ask("GET", path, "", "Accept-Encoding", given), want, plain)
	}
	wantCoded(t, d.get(path), "", plain)
	wantCoded(t, d.ask("GET", path, "", "Accept-Encoding", "gzip", "Accept-Encoding", "zstd;q=0.5"), "gzip", plain)
	wantCoded(t, d.ask("GET", path, "", "Accept-Encoding", "gzip", "Accept-Encoding", "gzip;q=0"), "", plain)
}

func TestEveryReadIsCoded(t *testing.T) {
	t.Parallel()
	d := &direct{t, newServer(t, &memoryStore{}, io.Discard)}
	for i := range 9 {
		d.want(201, "", "PUT", "/api/v1/categories/c"+strconv.Itoa(i), `{"name":"`+strings.Repeat("Kitchen", 10)+`"}`)
	}
	product := d.create(large)
	ids := `{"ids":["` + strings.TrimPrefix(product, "/api/v1/products/") + `"]}`
	for path, body := range map[string]string{
		product: "", "/api/v1/products": "", "/api/v1/products?fields=description": "", "/api/v1/categories": "", "/api/v1/openapi.json": "", "/api/v1/products:batch-get": ids,
	} {
		method := map[bool]string{true: "GET", false: "POST"}[body == ""]
		plain := d.want(200, "", method, path, body)
		for _, coding := range []string{"", "gzip", "zstd"} {
			wantCoded(t, d.ask(method, path, body, "Accept-Encoding", coding), coding, string(plain.body))
		}
	}
}

// TestSmallBodiesStayPlain: coding them costs more than it saves. Whether they
// were coded may change with the next version, so Vary is there.
func TestSmallBodiesStayPlain(t *testing.T) {
	t.Parallel()
	d := &direct{t, newServer(t, &memoryStore{}, io.Discard)}
	small := d.create(`{"sku":"A-1","name":"Kettle"}`)
	for _, path := range []string{small, "/api/v1/products", "/api/v1/categories"} {
		a := d.ask("GET", path, "", "Accept-Encoding", "gzip, zstd")
		wantCoded(t, a, "", string(d.get(path).body))
	}
	if a := d.ask("HEAD", small, ""); a.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("the header is %v", a.Header)
	}
}

// TestAnswerIsCodedOnceForAll who ask first at the same time.
func TestAnswerIsCodedOnceForAll(t *testing.T) {
	t.Parallel()
	d := keeping(t, &memoryStore{}, 1<<20)
	path := d.create(large)
	plain := string(d.get(path).body)
	var done sync.WaitGroup
	for i := range 60 {
		done.Go(func() {
			coding := []string{"", "gzip", "zstd"}[i%3]
			wantCoded(t, d.ask("GET", path, "", "Accept-Encoding", coding), coding, plain)
		})
	}
	done.Wait()
}

// FuzzAcceptEncoding: whatever a client says that it takes, it gets the same
// text, coded only as it has named.
func FuzzAcceptEncoding(f *testing.F) {
	for _, seed := range []string{"gzip", "zstd;q=0.5, gzip", "*", "*;q=0", "identity", ";;,=", "gzip;q=1e400", "gzip;q=0x1p-2", "GZIP;Q=1", "\x00", "gzip;q=NaN"} {
		f.Add(seed)
	}
	d := keeping(f, &memoryStore{}, 1<<20)
	path := d.create(large)
	plain := string(d.get(path).body)
	f.Fuzz(func(t *testing.T, given string) {
		d := &direct{t, d.server}
		a := d.ask("GET", path, "", "Accept-Encoding", given)
		coding := a.Header.Get("Content-Encoding")
		if a.StatusCode != http.StatusOK || decoded(t, a) != plain || !strings.Contains(strings.ToLower(given), coding) && !strings.Contains(given, "*") {
			t.Errorf("%q: %d in %q", given, a.StatusCode, coding)
		}
	})
}
