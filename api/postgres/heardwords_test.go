package postgres_test

import (
	"testing"
	"time"

	"catalog/api/catalog"
)

// TestCountedWordsAreToldOf: an import counts its words in a transaction behind
// that of its products, and a search that was corrected, or was not, may be
// answered otherwise from then on.
func TestCountedWordsAreToldOf(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s, c := open(t, o), raw(t, o)
	h, _ := watchOf(t, o)
	h.want(t, 5*time.Second, "watching")

	submitImport(t, s, "x", ndjson, false)
	exec(t, c, "BEGIN")
	exec(t, c, "LOCK TABLE search_word IN EXCLUSIVE MODE")
	job := claim(t, s)
	if err := job.Apply(t.Context(), chunkOf(t, 1, catalog.ProductInput{SKU: "A", Name: "Samovar"})); err != nil {
		t.Fatal(err)
	}
	h.want(t, told, "lists") // the product, whose words nobody knows yet
	ended := make(chan error, 1)
	go func() { ended <- job.Finish(t.Context(), "") }()
	select {
	case what := <-h:
		t.Fatalf("told of %q before the words are counted", what)
	case <-time.After(200 * time.Millisecond):
	}
	exec(t, c, "COMMIT")
	h.want(t, told, "lists")
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if got := correct(t, o, "samovra"); got != "samovar" {
		t.Errorf("samovra is %q", got)
	}
}
