package local

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestMain makes this test binary a container's program as well: started
// through a link named workload, it is the program of workload_test.go. So the
// environments of these tests need neither an image nor a compiler.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == workloadName {
		syscall.Exit(runWorkload(os.Args[1:])) // os.Exit waits for a second under -race
	}
	os.Exit(m.Run())
}

// wantError holds an error against the words that it must say.
func wantError(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one that says %q", words)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the error is %q, want it to say %q", err, word)
		}
	}
}
