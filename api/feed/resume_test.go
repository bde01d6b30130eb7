package feed_test

import (
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"catalog/api/feed"
)

// nasty are feeds with every fault in them.
var nasty = map[feed.Format]string{
	feed.CSV: "\ufeff\r\n sku , name ,price,currency,\"attr.a\nb\"\r\n" +
		"A,a,1,AUD,\n\n\r\nB,\"b\n\"\"\nb\",2,AUD,x\nC,\"c,3,AUD,\nD,d,4\nE,\"e\"e,5,AUD,\n  \n" +
		"F,\xff,6,AUD,\r\nG,g\r,7,AUD,\n\"\",,,,\nH,\"h\r\n\r\n\",8,AUD,\"y\"\r\nI,\"i\nJ,j,9,AUD,\n",
	feed.TSV: "sku\tname\tstock\r\nA\ta\t1\n\n\"B\t\"\t2\nC\n\t\t\nD\td\t4\tx\r\n\xff\tx\t1\nE\te\tmany\nF\tf\t\n  \nG\tg\t7",
	feed.NDJSON: "\ufeff\n{\"sku\":\"A\"}\n\r\n{\"sku\":\"B\"\n[]\n{\"sku\":\"C\",\"name\":\"\xff\"}\r\n \t\n{\"x\":1}\nnull\n" +
		"{\"sku\":\"D\"} {}\n{\"sku\":\"E\"}",
}

// TestReadingGoesOnBehindAnyRow holds what a restarted import rests on.
func TestReadingGoesOnBehindAnyRow(t *testing.T) {
	t.Parallel()
	for format, text := range nasty {
		rows := readAll(t, text, feed.Options{Format: format})
		if len(rows) < 8 {
			t.Errorf("%s has %d rows", format, len(rows))
		}
		checkResumption(t, text, feed.Options{Format: format})
	}
}

// checkResumption reads a feed, and once more from behind every row.
func checkResumption(t *testing.T, text string, o feed.Options) {
	t.Helper()
	r, err := feed.NewReader(strings.NewReader(text), o)
	if err != nil {
		var refused *feed.Error
		if !errors.As(err, &refused) || refused.Detail == "" {
			t.Fatalf("it is refused with %v", err)
		}
		return
	}
	places := []feed.Position{r.Position()}
	var rows []feed.Row
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if row.Line < 1 || len(rows) > 0 && row.Line <= rows[len(rows)-1].Line {
			t.Fatalf("row %d begins in line %d", len(rows), row.Line)
		}
		rows, places = append(rows, row), append(places, r.Position())
	}
	for i, place := range places[:min(len(places), 50)] {
		checkPlace(t, text, o, place, rows[i:])
	}
}

func checkPlace(t *testing.T, text string, o feed.Options, place feed.Position, want []feed.Row) {
	t.Helper()
	stored, err := json.Marshal(place)
	if err != nil {
		t.Fatal(err)
	}
	if o.From = new(feed.Position); json.Unmarshal(stored, o.From) != nil {
		t.Fatalf("the place %s cannot be read", stored)
	}
	got := rowsOf(t, strings.NewReader(text[place.Offset:]), o)
	if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Fatalf("from %s on, the rows are\n%+v, want\n%+v", stored, got, want)
	}
}

func TestAFeedThatBreaksOffIsNotItsEnd(t *testing.T) {
	t.Parallel()
	away := errors.New("the client went away")
	for format, text := range map[feed.Format]string{
		feed.CSV: "sku,name\nA,a\nB,\"b\nb\"", feed.TSV: "sku\tname\nA\ta\nB\tb", feed.NDJSON: `{"sku":"A"}` + "\n" + `{"sku":"B"}`,
	} {
		r, err := feed.NewReader(io.MultiReader(strings.NewReader(text), iotest.ErrReader(away)), feed.Options{Format: format})
		if err != nil {
			t.Fatal(err)
		}
		if row, err := r.Next(); err != nil || row.SKU != "A" {
			t.Errorf("%s begins with %+v, %v", format, row, err)
		}
		place := r.Position()
		for range 2 {
			if row, err := r.Next(); !errors.Is(err, away) {
				t.Errorf("%s goes on with %+v, %v", format, row, err)
			}
		}
		if !reflect.DeepEqual(r.Position(), place) || !strings.HasSuffix(text[:place.Offset], "\n") {
			t.Errorf("%s moved from %+v to %+v", format, place, r.Position())
		}
	}
	for _, o := range []feed.Options{csv, tsv, ndjson} {
		if _, err := feed.NewReader(iotest.ErrReader(away), o); !errors.Is(err, away) {
			t.Errorf("%s begins with %v", o.Format, err)
		}
	}
}

// idle gives nothing and does not say why.
type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func TestAFeedThatGivesNothingEnds(t *testing.T) {
	t.Parallel()
	if _, err := feed.NewReader(idle{}, tsv); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("it answers %v", err)
	}
}
