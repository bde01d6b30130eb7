package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestReadsSeeWrites: at once through the task that wrote, within a second
// through another one that has the product in memory.
func TestReadsSeeWrites(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	writer, other := d.serve(), d.serve()
	path := writer.want(http.StatusCreated, "POST", products, `{"sku":"A","name":"n0"}`).Header.Get("Location")
	list := products + "?sku=A"
	for i := 1; i <= 100; i++ {
		name := fmt.Sprintf(`"name":"n%d"`, i)
		for _, read := range []string{path, list} { // what is there now is kept
			other.want(http.StatusOK, "GET", read, "")
		}
		writer.want(http.StatusOK, "PATCH", path, "{"+name+"}", "If-Match", fmt.Sprintf(`"%d"`, i))
		written := time.Now()
		for _, read := range []string{path, list} {
			if r := writer.want(http.StatusOK, "GET", read, ""); !strings.Contains(string(r.body), name) {
				t.Fatalf("the task that wrote version %d answers %s", i+1, r.body)
			}
		}
		for _, read := range []string{path, list} {
			for !strings.Contains(string(other.want(http.StatusOK, "GET", read, "").body), name) {
				if time.Since(written) > time.Second {
					t.Fatalf("after a second the other task does not answer version %d to GET %s", i+1, read)
				}
				time.Sleep(time.Millisecond)
			}
		}
	}
}
