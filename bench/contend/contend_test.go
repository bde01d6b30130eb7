package contend

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"catalog/bench/measure"
)

// TestI7_AnswersAreComparedByWhatTheyMean: a time is one, however it is
// written; anything else must be the same.
func TestI7_AnswersAreComparedByWhatTheyMean(t *testing.T) {
	t.Parallel()
	meaning := func(text string) any {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		return plain(v)
	}
	one := meaning(`{"items":[{"at":"2026-11-26T14:28:29.346750Z","stock":3}]}`)
	if !reflect.DeepEqual(one, meaning(`{"items":[{"at":"2026-11-26T14:28:29.34675Z","stock":3}]}`)) {
		t.Error("two ways to write a time are two answers")
	}
	if reflect.DeepEqual(one, meaning(`{"items":[{"at":"2026-11-26T14:28:29.34675Z","stock":4}]}`)) {
		t.Error("another stock is the same answer")
	}
}

// TestI7_TheMixIsWhatItSays: of 20 requests one creates and five list, whoever
// sends them.
func TestI7_TheMixIsWhatItSays(t *testing.T) {
	t.Parallel()
	mix := Mix([]string{measure.ProductsPath + "/1"}, []string{measure.ProductsPath + "?category=a"})
	counts := map[string]int{}
	for worker := range 3 {
		for n := range 200 {
			line, _, _ := strings.Cut(string(mix(worker, n)), "\r\n")
			method, rest, _ := strings.Cut(line, " ")
			switch {
			case method == http.MethodPost:
				counts["create"]++
			case strings.Contains(rest, "category"):
				counts["list"]++
			default:
				counts["get"]++
			}
		}
	}
	if want := map[string]int{"create": 30, "list": 150, "get": 420}; !reflect.DeepEqual(counts, want) {
		t.Errorf("they are %v, want %v", counts, want)
	}
}

// TestI7_ScriptsHaveNoMoreThanTheirStatements: a category's name may hold a
// quote.
func TestI7_ScriptsHaveNoMoreThanTheirStatements(t *testing.T) {
	t.Parallel()
	texts := scripts([]string{measure.ProductsPath + "/0190"}, []string{measure.ProductsPath + "?limit=20&category=Men%27s"})
	if got := strings.Count(texts["get"], ";\n"); got != batch {
		t.Errorf("%d statements get, want %d", got, batch)
	}
	if !strings.Contains(texts["list"], "catalog_subtree((SELECT 'Men''s'::text))") {
		t.Errorf("the list is %.200s", texts["list"])
	}
}
