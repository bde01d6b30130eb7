package rest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"catalog/api/catalog"
)

const exportPath = "/api/v1/products:export"

// exporting is a store whose export is what a test says.
type exporting struct {
	*memoryStore
	export func(ctx context.Context, give func([]byte) error) error
}

func (e exporting) Export(ctx context.Context, give func([]byte) error) error {
	return e.export(ctx, give)
}

// serveExport serves an export.
func serveExport(t *testing.T, export func(ctx context.Context, give func([]byte) error) error) *fixture {
	t.Helper()
	f := &fixture{t: t, store: &memoryStore{}, log: &logs{}}
	f.server = newServer(t, exporting{f.store, export}, f.log)
	h := httptest.NewServer(f.server)
	t.Cleanup(h.Close)
	f.url = h.URL
	return f
}

// manyDocuments gives products that are no larger than they must be.
func manyDocuments(n int) func(context.Context, func([]byte) error) error {
	return func(_ context.Context, give func([]byte) error) error {
		for i := range n {
			p := catalog.Product{SKU: fmt.Sprint("S-", i), Name: "Kettle", Attributes: map[string]string{}, Images: []string{}, Status: "active", Version: 1}
			d, err := p.Document()
			if err != nil {
				return err
			}
			if err := give(d.JSON); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestExportIsEveryDocumentAsItIsStored(t *testing.T) {
	t.Parallel()
	f := serve(t)
	f.create(`{"sku":"A","name":"Kettle, \"steel\"","gtin":"9312345678907","price":{"amount":"19.90","currency":"AUD"},"attributes":{"colour":"red"}}`)
	f.create(`{"sku":"B","name":"<Чайник>"}`)
	var want strings.Builder
	for _, p := range f.store.products {
		d, err := p.Document()
		if err != nil {
			t.Fatal(err)
		}
		want.Write(d.JSON)
		want.WriteByte('\n')
	}
	for _, query := range []string{"", "?format=ndjson"} {
		a := f.get(exportPath + query)
		if a.StatusCode != 200 || string(a.body) != want.String() || a.Header.Get("Content-Type") != "application/x-ndjson" ||
			a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s %v %s", a.Status, a.Header, a.body)
		}
	}
	a := f.get(exportPath + "?format=csv")
	lines := strings.Split(string(a.body), "\r\n")
	if a.StatusCode != 200 || a.Header.Get("Content-Type") != "text/csv" || len(lines) != 4 || !strings.HasPrefix(lines[0], "id,sku,gtin,name,") ||
		!strings.Contains(lines[1], `,A,9312345678907,"Kettle, ""steel""",`) || !strings.Contains(lines[1], `"{""colour"":""red""}"`) || !strings.Contains(lines[2], ",B,,<Чайник>,") {
		t.Errorf("%s %s", a.Status, a.body)
	}
	wantProblem(t, f.get(exportPath+"?format=tsv"), 400, "bad_parameter", "?format")
	wantProblem(t, f.get(exportPath+"?limit=5"), 400, "bad_parameter", "?limit")
}

func TestExportOfNothingIsEmpty(t *testing.T) {
	t.Parallel()
	f := serve(t)
	if a := f.get(exportPath); a.StatusCode != 200 || len(a.body) > 0 {
		t.Errorf("%s %s", a.Status, a.body)
	}
	if a := f.get(exportPath + "?format=csv"); a.StatusCode != 200 || strings.Count(string(a.body), "\r\n") != 1 {
		t.Errorf("%s %s", a.Status, a.body)
	}
}

// TestHeadOfAnExportReadsNothing: it would read the catalog for no byte.
func TestHeadOfAnExportReadsNothing(t *testing.T) {
	t.Parallel()
	f := serveExport(t, func(context.Context, func([]byte) error) error { return errors.New("the store is asked") })
	if a := f.ask("HEAD", exportPath, ""); a.StatusCode != 200 || a.Header.Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("%s %v", a.Status, a.Header)
	}
}

func TestStreamsAreCodedWhenAsked(t *testing.T) {
	t.Parallel()
	f := serveExport(t, manyDocuments(5000))
	plain := f.get(exportPath)
	for coding, decode := range map[string]func(io.Reader) (io.Reader, error){
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"zstd": func(r io.Reader) (io.Reader, error) {
			d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
			if err != nil {
				return nil, err
			}
			t.Cleanup(d.Close)
			return d, nil
		},
	} {
		request, err := http.NewRequestWithContext(t.Context(), "GET", f.url+exportPath, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept-Encoding", coding)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		coded, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.Header.Get("Content-Encoding") != coding || len(coded) > len(plain.body)/5 {
			t.Fatalf("%s: %v, %d bytes of %d, %v", coding, response.Header, len(coded), len(plain.body), err)
		}
		r, err := decode(bytes.NewReader(coded))
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(r); err != nil || !bytes.Equal(body, plain.body) {
			t.Errorf("%s: %d bytes, want %d, %v", coding, len(body), len(plain.body), err)
		}
	}
}

// TestStreamThatFailsAtOnceIsAProblem: nothing of it was sent, in any coding.
func TestStreamThatFailsAtOnceIsAProblem(t *testing.T) {
	t.Parallel()
	f := serveExport(t, func(_ context.Context, give func([]byte) error) error {
		if err := give([]byte(`{"sku":"A"}`)); err != nil {
			return err
		}
		return fmt.Errorf("%w: %w", catalog.ErrUnavailable, io.ErrUnexpectedEOF)
	})
	for _, coding := range []string{"identity", "gzip", "zstd"} {
		for _, query := range []string{"", "?format=csv"} {
			a := f.ask("GET", exportPath+query, "", "Accept-Encoding", coding)
			if wantProblem(t, a, 503, "unavailable"); a.Header.Get("Content-Encoding") != "" || a.Header.Get("Retry-After") == "" {
				t.Errorf("%s: %v", coding, a.Header)
			}
		}
	}
}

// TestStreamThatFailsHalfWayIsBrokenOff: nobody takes it for the whole
// catalog, and the log has it with its reason.
func TestStreamThatFailsHalfWayIsBrokenOff(t *testing.T) {
	t.Parallel()
	f := serveExport(t, func(ctx context.Context, give func([]byte) error) error {
		if err := manyDocuments(5000)(ctx, give); err != nil {
			return err
		}
		return fmt.Errorf("%w: the server closed the connection", catalog.ErrUnavailable)
	})
	for _, coding := range []string{"identity", "gzip"} {
		request, err := http.NewRequestWithContext(t.Context(), "GET", f.url+exportPath, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept-Encoding", coding)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			if coding == "gzip" { // too little came to be sent
				continue
			}
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, response.Body)
		response.Body.Close()
		if coding == "gzip" && response.StatusCode == 503 {
			continue // all of it was still in memory
		}
		if response.StatusCode != 200 || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %s, %v", coding, response.Status, err)
		}
	}
	if broken := f.log.lines(t, "stream ended half-way"); len(broken) == 0 || !strings.Contains(fmt.Sprint(broken[0]["error"]), "closed the connection") {
		t.Errorf("the log is %s", f.log)
	}
	if len(f.log.lines(t, "request")) != 2 {
		t.Errorf("the requests are logged as %s", f.log)
	}
}

// TestTwoStreamsAtOnceAndNoMore: each holds a connection of the database.
func TestTwoStreamsAtOnceAndNoMore(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}), make(chan struct{})
	f := serveExport(t, func(context.Context, func([]byte) error) error {
		entered <- struct{}{}
		<-leave
		return nil
	})
	done := make(chan int, 2)
	for range 2 {
		go func() { done <- f.get(exportPath).StatusCode }()
		<-entered
	}
	if a := f.get(exportPath); a.Header.Get("Retry-After") == "" {
		t.Errorf("%v", a.Header)
	} else {
		wantProblem(t, a, 503, "too_many_streams")
	}
	close(leave)
	for range 2 {
		if status := <-done; status != 200 {
			t.Errorf("%d", status)
		}
	}
	go func() { <-entered }()
	if a := f.get(exportPath); a.StatusCode != 200 {
		t.Errorf("after them: %s", a.Status)
	}
}
