package traces

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

var epoch = time.Unix(1700000000, 0)

func segment(trace, id, parent string) found {
	return found{trace, Segment{ID: id, Parent: parent, Name: id, Start: epoch, End: epoch.Add(time.Second)}}
}

func TestO2_TheStoreKeepsTheLastTraces(t *testing.T) {
	t.Parallel()
	s := newStore(3, 1<<20)
	for i := range 10 {
		s.add(segment(fmt.Sprintf("1-00000000-%024d", i), "a", ""))
	}
	if kept, dropped := s.Len(); kept != 3 || dropped != 7 {
		t.Errorf("%d are kept, %d dropped", kept, dropped)
	}
	if _, ok := s.Trace("1-00000000-" + strings.Repeat("0", 23) + "9"); !ok {
		t.Error("the last one is gone")
	}
	small := newStore(100, 10_000)
	for i := range 100 {
		one := segment("1-00000000-00000000000000000000000"+fmt.Sprint(i%10), fmt.Sprint(i), "")
		one.segment.Message = strings.Repeat("x", 900)
		small.add(one)
		if small.bytes > 10_000 || small.bytes < 0 {
			t.Fatalf("%d bytes are kept", small.bytes)
		}
	}
	small.add(found{exampleTrace, Segment{ID: "a", Message: strings.Repeat("x", 20_000)}})
	if kept, _ := small.Len(); kept != 0 || small.bytes != 0 {
		t.Errorf("what is too large alone leaves %d traces of %d bytes", kept, small.bytes)
	}
}

func TestO2_FiltersFindTraces(t *testing.T) {
	t.Parallel()
	s := NewStore()
	for i, one := range []Segment{
		{Service: "catalog", Method: "GET", Path: "/api/products", Status: 200, End: epoch.Add(10 * time.Millisecond)},
		{Service: "catalog", Method: "POST", Path: "/api/products", Status: 404, Error: true, End: epoch.Add(20 * time.Millisecond)},
		{Service: "flask", Method: "GET", Path: "/x", Status: 503, Fault: true, End: epoch.Add(time.Second)},
	} {
		one.ID, one.Start = "a", epoch
		s.add(found{fmt.Sprintf("1-00000000-00000000000000000000000%d", i+1), one})
	}
	for name, c := range map[string]struct {
		filter Filter
		want   int
	}{
		"all": {Filter{}, 3}, "by text": {Filter{Text: "PRODUCTS"}, 2}, "by service": {Filter{Text: "flask"}, 1}, "by method": {Filter{Method: "get"}, 2},
		"by status": {Filter{Status: 404}, 1}, "by class": {Filter{Status: 5}, 1}, "failed": {Filter{Failed: true}, 2}, "slow": {Filter{Least: 20 * time.Millisecond}, 2},
		"none": {Filter{Text: "nothing"}, 0}, "by id": {Filter{Text: "1-00000000-000000000000000000000002"}, 1},
	} {
		if got := len(s.Summaries(10, c.filter)); got != c.want {
			t.Errorf("%s: %d traces, want %d", name, got, c.want)
		}
	}
	if got := len(s.Summaries(-1, Filter{})); got != 0 {
		t.Errorf("minus one is %d", got)
	}
}

// No segment is lost, whatever the parents are: unknown, itself, a circle.
func TestI5_OddTreesAreWhole(t *testing.T) {
	t.Parallel()
	s := NewStore()
	for _, pair := range [][2]string{{"a", "unknown"}, {"b", "b"}, {"c", "d"}, {"d", "c"}, {"e", "a"}, {"f", "d"}} {
		s.add(segment(exampleTrace, pair[0], pair[1]))
	}
	previous := "f"
	for i := range 5000 { // deeper than a careless program's stack
		id := fmt.Sprint(i)
		s.add(segment(exampleTrace, id, previous))
		previous = id
	}
	trace, ok := s.Trace(exampleTrace)
	count := 0
	for range trace.All() {
		count++
	}
	if !ok || count != 5006 || len(trace.Roots) != 3 {
		t.Errorf("%d segments below %d roots", count, len(trace.Roots))
	}
	for range trace.All() {
		break // a reader may stop
	}
	if !s.Has(exampleTrace) || !s.Has(exampleHex) {
		t.Error("it has no trace that it gives")
	}
	for _, id := range []string{"", "1-2-3", strings.Repeat("0", 32), exampleTrace + "0"} {
		if _, ok := s.Trace(id); ok || s.Has(id) {
			t.Errorf("%q is a trace", id)
		}
	}
}
