package process

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestFilesOfAnotherUserAreRefused(t *testing.T) {
	t.Parallel()
	dir, me := t.TempDir(), os.Geteuid()
	missing := filepath.Join(dir, "missing")
	if err := CheckOwner(me, dir, missing); err != nil {
		t.Errorf("my own folder: %v", err)
	}
	if err := CheckOwner(0, dir); err != nil {
		t.Errorf("as root: %v", err)
	}
	err := CheckOwner(me+4711, missing, dir)
	if err == nil {
		t.Fatal("another user's folder is taken")
	}
	for _, words := range []string{dir + " belongs to ", "uid " + strconv.Itoa(me), "uid " + strconv.Itoa(me+4711), "or remove " + dir} {
		if !strings.Contains(err.Error(), words) {
			t.Errorf("the error is %q, want it to say %q", err, words)
		}
	}
}
