package release

import (
	"bytes"
	"encoding/pem"
	"sync"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// certificatesFile is where programs look for the authorities that they trust
// (Go: crypto/x509, and every Linux distribution's OpenSSL by a link or by it).
const certificatesFile = "etc/ssl/certs/ca-certificates.crt"

// certificates are Mozilla's authorities, of the version that go.mod pins: the
// machine's own would differ from the next one's. Authorities whose trust is
// limited in a way that a file cannot say are left out. Those of Amazon RDS
// are not among them: the API has them compiled in.
var certificates = sync.OnceValue(func() []byte {
	var file bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			_ = pem.Encode(&file, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // a buffer takes everything
		}
	}
	return file.Bytes()
})
