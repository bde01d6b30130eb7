package release

import (
	"debug/buildinfo"
	"encoding/json"
	"io"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
)

// TestC3_TheListNamesEveryModule: with version, sum and how scanners know it.
func TestC3_TheListNamesEveryModule(t *testing.T) {
	t.Parallel()
	api := binary{content: []byte("program"), info: &buildinfo.BuildInfo{
		GoVersion: "go1.26.8", Main: debug.Module{Path: "catalog"},
		Deps: []*debug.Module{
			{Path: "github.com/jackc/pgx/v5", Version: "v5.12.0", Sum: "h1:abc="},
			{Path: "example.com/Old", Version: "v1.0.0", Replace: &debug.Module{Path: "example.com/New", Version: "v2.0.0+incompatible"}},
		},
	}}
	d := newSBOM(source{version: "v1"}, Platforms[0], api)
	var names, locators []string
	for _, p := range d.Packages {
		names = append(names, p.Name+"@"+p.Version)
		for _, r := range p.References {
			locators = append(locators, r.Locator)
		}
		if p.LicenseConcluded != "NOASSERTION" || p.FilesAnalyzed {
			t.Errorf("%s claims what nobody looked at: %+v", p.Name, p)
		}
	}
	if want := []string{"catalog@v1", "github.com/jackc/pgx/v5@v5.12.0", "example.com/New@v2.0.0+incompatible", "stdlib@1.26.8", "ca-certificates@"}; !slices.Equal(names, want) {
		t.Errorf("the packages are %q, want %q", names, want)
	}
	if want := []string{"pkg:golang/github.com/jackc/pgx/v5@v5.12.0", "pkg:golang/example.com/New@v2.0.0%2Bincompatible", "pkg:golang/stdlib@1.26.8"}; !slices.Equal(locators, want) {
		t.Errorf("the locators are %q, want %q", locators, want)
	}
	if d.Packages[1].SourceInfo != "go.sum has h1:abc=" || d.Packages[0].Checksums[0].Algorithm != "SHA256" {
		t.Errorf("the sums are %+v", d.Packages[:2])
	}
	id := regexp.MustCompile(`^SPDXRef-[a-zA-Z0-9.-]+$`)
	for _, r := range d.Relationships {
		if !id.MatchString(r.From) || !id.MatchString(r.To) {
			t.Errorf("a relationship is %+v", r)
		}
	}
	if len(d.Relationships) != 5 {
		t.Errorf("the relationships are %+v", d.Relationships)
	}
}

// documents are what refers to an image, by artifact type, as they are stored.
func documents(t *testing.T, i Image) map[string][]byte {
	t.Helper()
	index, err := layout.ImageIndexFromPath(i.Layout)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, r := range i.Referrers {
		image, err := index.Image(hashFrom(t, r.Digest))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := image.RawManifest()
		if err != nil || !strings.Contains(string(raw), `"artifactType":"`+r.ArtifactType+`"`) || !strings.Contains(string(raw), `"subject"`) {
			t.Errorf("the manifest of %s is %s, %v", r.ArtifactType, raw, err)
		}
		layers, err := image.Layers()
		if err != nil || len(layers) != 1 {
			t.Fatal(layers, err)
		}
		content, err := layers[0].Compressed()
		if err != nil {
			t.Fatal(err)
		}
		if all[r.ArtifactType], err = io.ReadAll(content); err != nil {
			t.Fatal(err)
		}
		content.Close()
	}
	return all
}

// TestC3_ProvenanceIsHonest: it names what was built and from what, and no
// hour, machine or signature.
func TestC3_ProvenanceIsHonest(t *testing.T) {
	t.Parallel()
	i := built(t, newProject(t), Platforms...)
	found := documents(t, i)
	var s statement
	if err := json.Unmarshal(found["application/vnd.in-toto+json"], &s); err != nil {
		t.Fatal(err)
	}
	var subjects []string
	for _, subject := range s.Subject {
		subjects = append(subjects, "sha256:"+subject.Digest["sha256"])
	}
	if want := []string{i.Digest, i.Platforms[0].Digest, i.Platforms[1].Digest}; !slices.Equal(subjects, want) {
		t.Errorf("the subjects are %v, want %v", subjects, want)
	}
	if s.PredicateType != "https://slsa.dev/provenance/v1" || s.Predicate.Run.Builder.ID == "" || s.Predicate.Definition.BuildType == "" {
		t.Errorf("the statement is %+v", s)
	}
	if strings.Contains(string(found["application/vnd.in-toto+json"]), "metadata") {
		t.Error("it says when and where it was built, which nobody can check")
	}
	var list spdxDocument
	if err := json.Unmarshal(found["application/spdx+json"], &list); err != nil || list.Version != "SPDX-2.3" {
		t.Errorf("the list is %+v, %v", list, err)
	}
}

func digests(all []v1.Descriptor) string {
	var text strings.Builder
	for _, d := range all {
		text.WriteString(d.Digest.String() + " ")
	}
	return text.String()
}
