package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// secretForms are a secret as programs write one down, by what they call it.
func secretForms(secret string) map[string]string {
	quoted, _ := json.Marshal(secret) // a string
	forms := map[string]string{
		"as it is": secret, "in a query": url.QueryEscape(secret), "in a path": url.PathEscape(secret), "in JSON": strings.Trim(string(quoted), `"`),
		"in Go": strings.Trim(fmt.Sprintf("%q", secret), `"`), "in hex": hex.EncodeToString([]byte(secret)), "in HEX": strings.ToUpper(hex.EncodeToString([]byte(secret))),
	}
	// Base64 depends on what stands before it: what is the same whatever
	// stands around is looked for.
	for before := range 3 {
		for name, alphabet := range map[string]*base64.Encoding{"in base64": base64.RawStdEncoding, "in base64 for URLs": base64.RawURLEncoding} {
			coded := alphabet.EncodeToString(append(make([]byte, before), secret...))
			first := (before*8 + 5) / 6 // whole characters of the secret alone
			last := (before + len(secret)) * 8 / 6
			forms[fmt.Sprintf("%s, behind %d bytes", name, before)] = coded[first:last]
		}
	}
	return forms
}

// sightings looks for secrets in texts.
type sightings struct {
	t      *testing.T
	forms  map[string][]byte // by the secret's name and the form's
	looked map[string]int    // bytes, by the kind of place
	found  []string
}

func newSightings(t *testing.T, secrets map[string]string) *sightings {
	s := &sightings{t: t, forms: map[string][]byte{}, looked: map[string]int{}}
	for name, secret := range secrets {
		for form, text := range secretForms(secret) {
			s.forms[name+" "+form] = []byte(text)
		}
	}
	return s
}

// look looks into a text of some kind.
func (s *sightings) look(kind, place string, text []byte) {
	s.looked[kind] += len(text)
	for name, form := range s.forms {
		if bytes.Contains(text, form) {
			s.found = append(s.found, fmt.Sprintf("%s: %s holds %s", kind, place, name))
		}
	}
}

// files looks into everything below a folder but what is left out, and at the
// names of the files too.
func (s *sightings) files(kind, dir string, without ...string) {
	s.t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			if os.IsNotExist(err) {
				return nil // PostgreSQL's files come and go
			}
			return err
		}
		for _, left := range without {
			if path == left {
				return fs.SkipDir
			}
		}
		s.look(kind, path, []byte(entry.Name()))
		if !entry.Type().IsRegular() {
			return nil
		}
		content, err := os.ReadFile(path)
		if err == nil {
			s.look(kind, path, content)
		} else if !os.IsNotExist(err) {
			return err
		}
		return nil
	})
	if err != nil {
		s.t.Error(err)
	}
}

// TestG3_SecretsAreFoundWhereTheyArePlanted: a search that finds nothing would
// let every place pass.
func TestG3_SecretsAreFoundWhereTheyArePlanted(t *testing.T) {
	t.Parallel()
	const secret = `pa/ss+w"o=rd&0123456789`
	plain := base64.StdEncoding.EncodeToString
	for name, text := range map[string]string{
		"as it is": "x" + secret + "y", "a query": "?a=" + url.QueryEscape(secret), "JSON": `{"a":"pa/ss+w\"o=rd\u00260123456789"}`,
		"basic authorization": plain([]byte("user:" + secret)), "base64": plain([]byte(secret)), "behind one byte": plain([]byte("a" + secret + "bc")), "hex": fmt.Sprintf("%x", secret),
	} {
		s := newSightings(t, map[string]string{"the password": secret})
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "log"), []byte("before "+text+" after"), 0o600); err != nil {
			t.Fatal(err)
		}
		if s.files("files", dir); len(s.found) == 0 {
			t.Errorf("%s is not found: %s", name, text)
		}
		s = newSightings(t, map[string]string{"the password": "another" + secret + "another"})
		if s.files("files", dir); len(s.found) != 0 {
			t.Errorf("%s is found where it is not: %v", name, s.found)
		}
	}
}
