package release

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// imageInputs are the files and folders that the API is compiled from.
var imageInputs = []string{"api", "cmd/catalog", "contract", "go.mod", "go.sum"}

// source says which state of the repository an image is built from. Nothing in
// it depends on the machine, the folder or the hour.
type source struct {
	hash     string    // of imageInputs
	version  string    // names the state: a tag or commit and, where it is no commit's, the hash
	revision string    // the commit; empty outside of git
	url      string    // where the repository comes from; empty where it does not say
	created  time.Time // the commit's date
}

// source reads the repository.
func (p Project) source(ctx context.Context) (source, error) {
	hash := sha256.New()
	if err := p.hashInputs(hash, imageInputs); err != nil {
		return source{}, fmt.Errorf("the API's source cannot be read: %w", err)
	}
	s := source{hash: hex.EncodeToString(hash.Sum(nil)), created: time.Unix(0, 0).UTC()}
	s.version = p.git(ctx, "describe", "--tags", "--always", "--abbrev=12")
	// A tag of a registry cannot move: what is not exactly a commit gets a name
	// by its content.
	switch {
	case ctx.Err() != nil:
		return source{}, ctx.Err()
	case s.version == "":
		s.version = "dev-" + s.hash[:8]
		return s, nil
	case p.git(ctx, append([]string{"status", "--porcelain", "--"}, imageInputs...)...) != "": // a new file counts too
		s.version += "-dirty-" + s.hash[:8]
	}
	s.version = asTag(s.version)
	var date string
	s.revision, date, _ = strings.Cut(p.git(ctx, "log", "-1", "--format=%H %ct"), " ")
	if seconds, err := strconv.ParseInt(date, 10, 64); err == nil {
		s.created = time.Unix(seconds, 0).UTC()
	}
	s.url = webAddress(p.git(ctx, "config", "--get", "remote.origin.url"))
	return s, ctx.Err()
}

// asTag replaces what a git tag may hold and a registry's may not (OCI
// Distribution 1.1: "Pulling manifests", the grammar of a tag).
func asTag(version string) string {
	tag := strings.TrimLeft(notInTags.ReplaceAllString(version, "-"), "-.")
	return tag[max(0, len(tag)-maxTag):]
}

var notInTags = regexp.MustCompile(`[^A-Za-z0-9_.-]`)

const maxTag = 128

// git answers what git says, or nothing where it has none to say.
func (p Project) git(ctx context.Context, args ...string) string {
	out, err := step{what: "git", path: "git", dir: p.Dir, args: args}.run(ctx)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(out)
}

// webAddress turns a git remote into an address for a label, without the
// credentials that it may hold. A path on this machine says nothing to others.
func webAddress(remote string) string {
	if host, path, ok := strings.Cut(remote, ":"); ok && !strings.Contains(host, "/") && !strings.HasPrefix(path, "//") { // user@host:path
		remote = "ssh://" + host + "/" + path
	}
	u, err := url.Parse(remote)
	if err != nil || u.Hostname() == "" || (u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "ssh" && u.Scheme != "git") {
		return ""
	}
	path := strings.TrimSuffix(strings.Trim(u.EscapedPath(), "/"), ".git")
	return "https://" + u.Hostname() + "/" + path
}
