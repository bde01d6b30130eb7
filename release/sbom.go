package release

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
)

// sbomType is the artifact type of a list of what is in an image.
const sbomType = "application/spdx+json"

// The part of SPDX 2.3 that is used (SPDX: "Software Package Data Exchange
// specification", version 2.3, clauses 6 to 11).
type spdxDocument struct {
	Version       string             `json:"spdxVersion"`
	DataLicense   string             `json:"dataLicense"`
	ID            string             `json:"SPDXID"`
	Name          string             `json:"name"`
	Namespace     string             `json:"documentNamespace"`
	Creation      spdxCreation       `json:"creationInfo"`
	Packages      []spdxPackage      `json:"packages"`
	Relationships []spdxRelationship `json:"relationships"`
}

type spdxCreation struct {
	Created  string   `json:"created"`
	Creators []string `json:"creators"`
}

type spdxPackage struct {
	ID               string          `json:"SPDXID"`
	Name             string          `json:"name"`
	Version          string          `json:"versionInfo,omitempty"`
	Download         string          `json:"downloadLocation"`
	FilesAnalyzed    bool            `json:"filesAnalyzed"`
	SourceInfo       string          `json:"sourceInfo,omitempty"`
	Checksums        []spdxChecksum  `json:"checksums,omitempty"`
	LicenseConcluded string          `json:"licenseConcluded"`
	LicenseDeclared  string          `json:"licenseDeclared"`
	Copyright        string          `json:"copyrightText"`
	References       []spdxReference `json:"externalRefs,omitempty"`
}

type spdxChecksum struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"checksumValue"`
}

type spdxReference struct {
	Category string `json:"referenceCategory"`
	Type     string `json:"referenceType"`
	Locator  string `json:"referenceLocator"`
}

type spdxRelationship struct {
	From string `json:"spdxElementId"`
	Type string `json:"relationshipType"`
	To   string `json:"relatedSpdxElement"`
}

// spdxUnknown is SPDX's word for what was not looked at.
const spdxUnknown = "NOASSERTION"

// newSBOM lists what a program was linked from, as the program itself says
// (package debug/buildinfo): modules with their versions and their sums of
// go.sum, and Go. The certificates beside the program come last.
func newSBOM(s source, platform Platform, api binary) spdxDocument {
	sum := sha256.Sum256(api.content)
	digest := hex.EncodeToString(sum[:])
	d := spdxDocument{
		Version: "SPDX-2.3", DataLicense: "CC0-1.0", ID: "SPDXRef-DOCUMENT", Name: program + " " + s.version + " " + platform.String(),
		Namespace: "https://spdx.org/spdxdocs/catalog-" + digest,
		Creation:  spdxCreation{Created: s.created.Format(time.RFC3339), Creators: []string{"Tool: catalogctl"}},
	}
	main := d.add("", spdxPackage{Name: api.info.Main.Path, Version: s.version, Checksums: []spdxChecksum{{"SHA256", digest}}})
	d.Relationships = append(d.Relationships, spdxRelationship{d.ID, "DESCRIBES", main})
	for _, module := range api.info.Deps {
		d.add(main, modulePackage(module))
	}
	goVersion := strings.TrimPrefix(api.info.GoVersion, "go")
	d.add(main, spdxPackage{
		Name: "stdlib", Version: goVersion, SourceInfo: "the standard library of " + api.info.GoVersion,
		References: purl("pkg:golang/stdlib@" + goVersion),
	})
	trust := sha256.Sum256(certificates())
	d.add(main, spdxPackage{
		Name: "ca-certificates", SourceInfo: "Mozilla's authorities, in the file /" + certificatesFile,
		Checksums: []spdxChecksum{{"SHA256", hex.EncodeToString(trust[:])}},
	})
	return d
}

// add lists a package, and that another one depends on it.
func (d *spdxDocument) add(dependant string, p spdxPackage) (id string) {
	p.ID = fmt.Sprintf("SPDXRef-Package-%d", len(d.Packages))
	p.Download, p.LicenseConcluded, p.LicenseDeclared, p.Copyright = spdxUnknown, spdxUnknown, spdxUnknown, spdxUnknown
	d.Packages = append(d.Packages, p)
	if dependant != "" {
		d.Relationships = append(d.Relationships, spdxRelationship{dependant, "DEPENDS_ON", p.ID})
	}
	return p.ID
}

// modulePackage is a Go module. Its sum is go.sum's own kind, over a list of
// files, and no checksum as SPDX has them: it stands where the origin is told.
func modulePackage(m *debug.Module) spdxPackage {
	if m.Replace != nil {
		m = m.Replace
	}
	p := spdxPackage{Name: m.Path, Version: m.Version, References: purl("pkg:golang/" + (&url.URL{Path: m.Path}).EscapedPath() + "@" + url.QueryEscape(m.Version))}
	if m.Sum != "" {
		p.SourceInfo = "go.sum has " + m.Sum
	}
	return p
}

// purl names a package as vulnerability scanners look it up (package-url.org).
func purl(locator string) []spdxReference {
	return []spdxReference{{"PACKAGE-MANAGER", "purl", locator}}
}
