package local

import (
	"crypto/tls"
	"errors"

	"catalog/local/balancer"
)

// secureListener is what HTTPS adds to a listener. Instead of the certificate
// in AWS Certificate Manager, whose key never leaves AWS, it has one of this
// machine's own authority, whose certificate is ca.pem in the state folder:
// curl --cacert .local/dev/ca.pem https://127.0.0.1:8080/health.
type secureListener struct {
	minimum  uint16 // the policy's lowest version of TLS
	stateDir string
	domains  []string
}

func newSecureListener(e *Environment, d declared, p listenerProperties) (*secureListener, error) {
	if len(p.Certificates) == 0 {
		return nil, errors.New("its protocol is HTTPS and it has no certificate: give it one in Certificates")
	}
	minimum, err := balancer.MinimumVersion(orElse(p.SslPolicy, balancer.DefaultPolicy))
	if err != nil {
		return nil, err
	}
	return &secureListener{minimum: minimum, stateDir: e.options.StateDir, domains: certificateDomains(d.stack.Template)}, nil
}

// certificateDomains are the names in the template's certificates. A template
// that only has the ARN of one does not say them.
func certificateDomains(template Template) []string {
	var domains []string
	for _, d := range template.Resources {
		if d.Type != "AWS::CertificateManager::Certificate" {
			continue
		}
		if name, ok := d.Properties["DomainName"].(string); ok {
			domains = append(domains, name)
		}
		others, _ := d.Properties["SubjectAlternativeNames"].([]any)
		for _, other := range others {
			if name, ok := other.(string); ok {
				domains = append(domains, name)
			}
		}
	}
	return domains
}

func (s *secureListener) config() (*tls.Config, error) {
	authority, err := balancer.OpenAuthority(s.stateDir)
	if err != nil {
		return nil, err
	}
	certificate, err := authority.Certificate(s.domains...)
	if err != nil {
		return nil, err
	}
	return balancer.Config(certificate, s.minimum), nil
}
