package release

import (
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// provenanceType is the artifact type of a statement on how an image was made.
const provenanceType = "application/vnd.in-toto+json"

// The parts of in-toto's Statement v1 and of SLSA's Provenance v1 that are
// used (in-toto Attestation Framework; SLSA v1.0: "Provenance").
type statement struct {
	Type          string     `json:"_type"`
	Subject       []resource `json:"subject"`
	PredicateType string     `json:"predicateType"`
	Predicate     provenance `json:"predicate"`
}

type resource struct {
	Name        string            `json:"name,omitempty"`
	URI         string            `json:"uri,omitempty"`
	Digest      map[string]string `json:"digest,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

type provenance struct {
	Definition struct {
		BuildType    string         `json:"buildType"`
		External     map[string]any `json:"externalParameters"`
		Internal     map[string]any `json:"internalParameters"`
		Dependencies []resource     `json:"resolvedDependencies"`
	} `json:"buildDefinition"`
	Run struct {
		Builder struct {
			ID string `json:"id"`
		} `json:"builder"`
	} `json:"runDetails"`
}

// newProvenance says from what and how the images were made. It is not
// signed, and whoever ran the build is not known: it helps a reader to build
// the same again, and proves nothing. When and where it was built is left out:
// the same commit gives the same statement.
func newProvenance(s source, goVersion string, subjects []v1.Descriptor) statement {
	st := statement{Type: "https://in-toto.io/Statement/v1", PredicateType: "https://slsa.dev/provenance/v1"}
	var platforms []string
	for _, subject := range subjects {
		name := program
		if subject.Platform != nil {
			name += " " + subject.Platform.String()
			platforms = append(platforms, subject.Platform.String())
		}
		st.Subject = append(st.Subject, resource{Name: name, Digest: map[string]string{subject.Digest.Algorithm: subject.Digest.Hex}})
	}
	d := &st.Predicate.Definition
	d.BuildType = "urn:catalog:release:image:v1"
	d.External = map[string]any{"version": s.version, "platforms": platforms}
	d.Internal = map[string]any{"goVersion": goVersion, "flags": buildFlags(s.version), "package": "./cmd/catalog"}
	repository := resource{
		Name: "source", URI: s.url,
		Digest:      map[string]string{"sha256": s.hash},
		Annotations: map[string]string{"digest": "SHA-256 over the names and contents of " + strings.Join(imageInputs, ", ")},
	}
	if s.revision != "" {
		repository.Digest["gitCommit"] = s.revision
	}
	d.Dependencies = []resource{repository}
	st.Predicate.Run.Builder.ID = "urn:catalog:release:unattested"
	return st
}
