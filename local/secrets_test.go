package local

import (
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

var credentials = map[string]string{"username": "catalog", "password": "pässword:\"{{}}\""}

func TestG3_SecretsAreForTheirOwnerAlone(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "state")
	if err := CreateSecret(state, "secret-db", credentials); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{"secrets": 0o700, "secrets/secret-db.json": 0o600} {
		info, err := os.Stat(filepath.Join(state, path))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
	for key, want := range credentials {
		if got, err := ReadSecret(state, "secret-db", key); got != want || err != nil {
			t.Errorf("%s is %q, %v, want %q", key, got, err, want)
		}
	}
}

func TestD5_AnExistingSecretIsLeftAlone(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	for _, password := range []string{"first", "second"} {
		if err := CreateSecret(state, "secret-db", map[string]string{"password": password}); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := ReadSecret(state, "secret-db", "password"); got != "first" || err != nil {
		t.Errorf("the password is %q, %v, want the first", got, err)
	}
}

func TestSecretByNameOrARN(t *testing.T) {
	t.Parallel()
	s, err := openSecrets(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.write("secret-db", credentials); err != nil {
		t.Fatal(err)
	}
	const arn = "arn:aws:secretsmanager:ap-southeast-2:000000000000:secret:secret-db"
	for _, id := range []string{"secret-db", arn, arn + arnSuffix, "secret-db" + arnSuffix} {
		if got, err := s.value(id, "username"); got != "catalog" || err != nil {
			t.Errorf("%s: %q, %v", id, got, err)
		}
	}
}

func TestD5_WhatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	s, err := openSecrets(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.write("secret-db", credentials); err != nil {
		t.Fatal(err)
	}
	_, err = s.value("secret-db-LOCAL0", "host")
	wantError(t, err, `secret secret-db has no key "host": it has password, username`)
	if strings.Contains(err.Error(), credentials["password"]) {
		t.Errorf("the error tells the password: %v", err)
	}
	_, err = s.value("secret-other", "host")
	wantError(t, err, "secret secret-other does not exist: the stack looks it up and never creates it")
	for _, id := range []string{"", "../../etc/passwd", `a\b`, "arn:aws:secretsmanager:r:1:secret:", "x/y"} {
		_, err = s.value(id, "host")
		wantError(t, err, "names no secret")
	}
	if err := os.WriteFile(s.file("broken"), []byte(`{"password": 5}`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = s.value("broken", "password")
	wantError(t, err, "secret broken is not a JSON object of strings")
	entries, err := os.ReadDir(s.dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("reading left %v, %v", entries, err)
	}
}

// A write makes a new file and puts it in the old one's place: who has the
// old one open, or would be cut off, still has all of it.
func TestSecretWriteKeepsTheOldFile(t *testing.T) {
	t.Parallel()
	s, err := openSecrets(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.write("secret-db", credentials); err != nil {
		t.Fatal(err)
	}
	old, err := os.Open(s.file("secret-db"))
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	if err := s.write("secret-db", map[string]string{"password": "new"}); err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(old)
	var values map[string]string
	if err != nil || json.Unmarshal(content, &values) != nil || !maps.Equal(values, credentials) {
		t.Errorf("the old file now holds %q, %v", content, err)
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v: want the secret alone", entries, err)
	}
	// One that fails leaves nothing half done.
	if err := os.RemoveAll(s.dir); err != nil {
		t.Fatal(err)
	}
	wantError(t, s.write("secret-db", credentials), "secret secret-db cannot be written")
}

func TestSecretReadersSeeOneVersion(t *testing.T) {
	t.Parallel()
	s, err := openSecrets(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	version := func(n int) map[string]string {
		text := strings.Repeat(strconv.Itoa(n), 4096)
		return map[string]string{"a": text, "b": text}
	}
	if err := s.write("s", version(0)); err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			other := &secretStore{dir: s.dir} // another process's
			for range 200 {
				values, err := other.read("s")
				if err != nil || values["a"] != values["b"] || len(values["a"]) != 4096 {
					t.Errorf("a reader got a mixture: %v", err)
					return
				}
			}
		})
	}
	for n := range 100 {
		if err := s.write("s", version(n%10)); err != nil {
			t.Error(err)
		}
	}
	readers.Wait()
}

func TestASecretAsAWhole(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	if err := CreateSecret(state, "secret-db", map[string]string{"username": "owner", "password": `p"w`}); err != nil {
		t.Fatal(err)
	}
	s, err := openSecrets(state)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.text("secret-db", ""); err != nil || got != `{"password":"p\"w","username":"owner"}` {
		t.Errorf("the whole secret is %s, %v", got, err)
	}
	if got, err := s.text("secret-db", "username"); err != nil || got != "owner" {
		t.Errorf("one key is %s, %v", got, err)
	}
}
