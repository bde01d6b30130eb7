package rest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"catalog/api/catalog"
)

const importsPath = "/api/v1/imports"

// importCSV posts a feed with the token.
func (f *fixture) importCSV(query, body string, headers ...string) answer {
	f.t.Helper()
	return f.ask("POST", importsPath+query, body, append([]string{"Authorization", "Bearer " + token, "Content-Type", "text/csv"}, headers...)...)
}

// importDocument is an import as it is answered.
type importDocument struct {
	ID    uuid.UUID
	State string
	Rows  struct {
		Total                                   *int64
		OK, Failed, Created, Updated, Unchanged int64
	}
	Rate       float64
	ETASeconds *float64 `json:"eta_seconds"`
	DryRun     bool     `json:"dry_run"`
	FinishedAt *string  `json:"finished_at"`
	Detail     *string
}

// newImport posts a feed that is taken, and answers what the store has of it.
func (f *fixture) newImport() *memoryImport {
	f.t.Helper()
	a := f.importCSV("", "sku,name\nA,a\n")
	if a.StatusCode != http.StatusAccepted {
		f.t.Fatalf("%s %s", a.Status, a.body)
	}
	return f.store.imports[decode[importDocument](f.t, a).ID]
}

func TestImportIsTakenAndToBeFoundAtItsLocation(t *testing.T) {
	t.Parallel()
	for media, feed := range map[string]string{
		"text/csv": "sku,name\nA,a\n", "text/csv; charset=UTF-8; header=present": "sku,name\nA,a\n", "TEXT/CSV;charset=\"us-ascii\"": "sku,name\r\n",
		"text/tab-separated-values": "sku\tname\nA\ta\n", "application/x-ndjson": `{"sku":"A","name":"a"}`,
	} {
		f := serve(t)
		a := f.importCSV("?dry_run=true", feed, "Content-Type", media)
		d := decode[importDocument](t, a)
		if a.StatusCode != http.StatusAccepted || a.Header.Get("Location") != importsPath+"/"+d.ID.String() || d.State != "running" || !d.DryRun ||
			d.Rows.Total != nil || d.ETASeconds != nil || d.Rate != 0 || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %s %s", media, a.Status, a.body)
		}
		kept := f.store.imports[d.ID]
		if string(kept.feed) != feed || kept.Size != int64(len(feed)) || !kept.request.DryRun {
			t.Errorf("%s: the store has %+v", media, kept)
		}
		if a := f.get(a.Header.Get("Location")); a.StatusCode != http.StatusOK || decode[importDocument](t, a).ID != d.ID {
			t.Errorf("%s: %s %s", media, a.Status, a.body)
		}
	}
}

func TestImportKeepsHowItsFeedIsRead(t *testing.T) {
	t.Parallel()
	f := serve(t)
	a := f.importCSV("?map.sku=UPC&map.attr.colour=Farbe&map.name=N&category_separator=%20%3E%20", "UPC,N,Farbe\n1,a,b\n")
	if a.StatusCode != http.StatusAccepted {
		t.Fatalf("%s %s", a.Status, a.body)
	}
	const want = `{"format":"csv","columns":{"attr.colour":"Farbe","name":"N","sku":"UPC"},"category_separator":" \u003e "}`
	if kept := f.store.imports[decode[importDocument](t, a).ID]; string(kept.request.Options) != want || kept.request.DryRun {
		t.Errorf("it keeps %s", kept.request.Options)
	}
}

// TestImportsThatAreRefusedStoreNothing: not even for a moment.
func TestImportsThatAreRefusedStoreNothing(t *testing.T) {
	t.Parallel()
	const good = "sku,name\nA,a\n"
	for _, c := range []struct {
		query, media, body string
		status             int
		code, pointer      string
	}{
		{"?map.sku=UPC", "text/csv", good, 422, "invalid", "?map.sku"},
		{"?map.colour=x", "text/csv", good, 422, "invalid", "?map.colour"},
		{"?map.sku=", "text/csv", good, 422, "invalid", "?map.sku"},
		{"?map.attr.=x", "text/csv", good, 422, "invalid", "?map.attr."},
		{"?map.currency=x", "application/x-ndjson", "{}", 422, "invalid", "?map.currency"},
		{"", "text/csv", "", 422, "invalid", ""},
		{"", "application/x-ndjson", "", 422, "invalid", ""},
		{"", "text/csv", "name\na\n", 422, "invalid", "?map.sku"},
		{"", "text/csv", "\xff\xfes\x00k\x00u\x00\n", 422, "invalid", ""},
		{"?map.=x", "text/csv", good, 400, "bad_parameter", "?map."},
		{"?dry_run=yes", "text/csv", good, 400, "bad_parameter", "?dry_run"},
		{"?dry_run=", "text/csv", good, 400, "bad_parameter", "?dry_run"},
		{"?dry_run=true&dry_run=true", "text/csv", good, 400, "bad_parameter", "?dry_run"},
		{"?map.sku=sku&map.sku=sku", "text/csv", good, 400, "bad_parameter", "?map.sku"},
		{"?separator=,", "text/csv", good, 400, "bad_parameter", "?separator"},
		{"?category_separator=%00", "text/csv", good, 400, "bad_parameter", "?category_separator"},
		{"", "application/json", `{"sku":"A"}`, 415, "unsupported_media_type", ""},
		{"", "", good, 415, "unsupported_media_type", ""},
		{"", "text/csv; charset", good, 415, "unsupported_media_type", ""},
		{"", "text/csv; charset=windows-1251", good, 415, "unsupported_media_type", ""},
	} {
		f := serve(t)
		var pointers []string
		if c.pointer != "" || c.status == 422 {
			pointers = []string{c.pointer}
		}
		wantProblem(t, f.importCSV(c.query, c.body, "Content-Type", c.media), c.status, c.code, pointers...)
		if f.store.count("BeginImport") > 0 {
			t.Errorf("%s %s: something is stored", c.query, c.media)
		}
	}
	f := serve(t)
	wantProblem(t, f.importCSV("", good, "Content-Encoding", "gzip"), 415, "unsupported_media_type")
	wantProblem(t, f.importCSV("", good, "Idempotency-Key", ""), 400, "bad_header")
	if len(f.store.calls) > 0 {
		t.Errorf("the store is asked for %v", f.store.calls)
	}
}

func TestImportsNeedTheToken(t *testing.T) {
	t.Parallel()
	f := serve(t)
	wantProblem(t, f.ask("POST", importsPath, "sku,name\n", "Content-Type", "text/csv"), 401, "unauthorized")
	i := f.newImport()
	wantProblem(t, f.ask("DELETE", importsPath+"/"+i.ID.String(), ""), 401, "unauthorized")
	wantProblem(t, f.ask("DELETE", importsPath+"/"+i.ID.String(), "", "Authorization", "Bearer other"), 401, "unauthorized")
	if i.State != catalog.ImportRunning {
		t.Errorf("it is %s", i.State)
	}
}

func TestProgressOfAnImport(t *testing.T) {
	t.Parallel()
	f := serve(t)
	i := f.newImport()
	path := importsPath + "/" + i.ID.String()
	started := time.Now().Add(-10 * time.Second)
	i.StartedAt, i.Size, i.Done, i.Rows = &started, 400, 100, catalog.ImportRows{OK: 90, Failed: 10, Created: 50, Updated: 30, Unchanged: 10}
	d := decode[importDocument](t, f.get(path))
	if d.Rate < 8 || d.Rate > 10 || d.ETASeconds == nil || *d.ETASeconds < 30 || *d.ETASeconds > 36 || d.Rows.Total != nil ||
		d.Rows.OK != 90 || d.Rows.Failed != 10 || d.Rows.Created != 50 || d.Rows.Updated != 30 || d.Rows.Unchanged != 10 {
		t.Errorf("while it runs: %+v", d)
	}
	ahead := time.Now().Add(time.Minute) // by the clock of the database
	i.StartedAt = &ahead
	if d := decode[importDocument](t, f.get(path)); d.Rate != 0 || d.ETASeconds == nil || *d.ETASeconds != 0 {
		t.Errorf("with a clock that is ahead: %+v", d)
	}
	finished := started.Add(20 * time.Second)
	i.StartedAt, i.FinishedAt = &started, &finished
	for _, state := range []string{catalog.ImportSucceeded, catalog.ImportFailed, catalog.ImportCancelled} {
		i.State = state
		d := decode[importDocument](t, f.get(path))
		if d.State != state || d.Rate != 5 || d.ETASeconds != nil || d.FinishedAt == nil || (d.Rows.Total != nil) != (state == catalog.ImportSucceeded) {
			t.Errorf("%s: %+v", state, d)
		}
		if d.Rows.Total != nil && *d.Rows.Total != 100 {
			t.Errorf("%d rows", *d.Rows.Total)
		}
	}
}

func TestImportsThatDoNotExist(t *testing.T) {
	t.Parallel()
	f := serve(t)
	none := importsPath + "/019ab3c4-11d0-7f22-b1a4-7c9e0d3f5a68"
	for _, path := range []string{none, none + "/errors"} {
		wantProblem(t, f.get(path), 404, "not_found")
		wantProblem(t, f.get(path+"?limit=3"), 400, "bad_parameter", "?limit")
	}
	for _, path := range []string{importsPath + "/1", importsPath + "/1/errors"} {
		if a := f.get(path); a.StatusCode != 404 && a.StatusCode != 400 {
			t.Errorf("%s: %s %s", path, a.Status, a.body)
		}
	}
	wantProblem(t, f.write("DELETE", none, ""), 404, "not_found")
}

func TestCancelAnImport(t *testing.T) {
	t.Parallel()
	f := serve(t)
	i := f.newImport()
	for range 2 {
		if a := f.write("DELETE", importsPath+"/"+i.ID.String(), ""); a.StatusCode != 200 || decode[importDocument](t, a).State != "cancelled" {
			t.Errorf("%s %s", a.Status, a.body)
		}
	}
	i.State = catalog.ImportSucceeded
	wantProblem(t, f.write("DELETE", importsPath+"/"+i.ID.String(), ""), 409, "import_ended")
}

// TestErrorsAreListedPageByPage: more than one read of the store, in one
// answer, each line a document.
func TestErrorsAreListedPageByPage(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 999, 1000, 1001, 2500} {
		f := serve(t)
		i := f.newImport()
		for line := range n {
			sku := fmt.Sprintf("<A>-%d", line)
			i.errors = append(i.errors, catalog.ImportError{Line: int64(2*line + 2), SKU: &sku, Errors: []catalog.Violation{{Pointer: "/name", Detail: "must not be empty"}}})
		}
		a := f.get(importsPath + "/" + i.ID.String() + "/errors")
		if a.StatusCode != 200 || a.Header.Get("Content-Type") != "application/x-ndjson" || strings.Count(string(a.body), "\n") != n {
			t.Fatalf("%d: %s, %d lines", n, a.Status, strings.Count(string(a.body), "\n"))
		}
		if n > 0 && !strings.HasSuffix(string(a.body), fmt.Sprintf(`{"line":%d,"sku":"<A>-%d","errors":[{"pointer":"/name","detail":"must not be empty"}]}`+"\n", 2*n, n-1)) {
			t.Errorf("%d: it ends with %s", n, a.body[len(a.body)-100:])
		}
		if reads := f.store.count("ImportErrors"); reads != n/1000+1 {
			t.Errorf("%d: the store is asked %d times", n, reads)
		}
	}
}
