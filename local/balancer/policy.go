package balancer

import (
	"crypto/tls"
	"fmt"
	"strings"
)

// DefaultPolicy is what CloudFormation takes where a listener names none.
const DefaultPolicy = "ELBSecurityPolicy-2016-08"

// MinimumVersion is the lowest TLS version of a security policy (AWS:
// "Security policies for your Application Load Balancer"). The ciphers are
// Go's: all that AWS's newer policies have, without CBC.
func MinimumVersion(policy string) (uint16, error) {
	name, ok := strings.CutPrefix(policy, "ELBSecurityPolicy-")
	if !ok {
		return 0, fmt.Errorf("its SslPolicy is %q: it must be a policy of AWS, like ELBSecurityPolicy-TLS13-1-2-2021-06", policy)
	}
	for _, family := range []struct {
		prefix  string
		version uint16
	}{
		{"TLS13-1-3", tls.VersionTLS13},
		{"TLS13-1-2", tls.VersionTLS12},
		{"TLS13-1-1", tls.VersionTLS11},
		{"TLS13-1-0", tls.VersionTLS10},
		{"TLS-1-2", tls.VersionTLS12},
		{"TLS-1-1", tls.VersionTLS11},
		{"FS-1-2", tls.VersionTLS12},
		{"FS-1-1", tls.VersionTLS11},
		{"FS-2018", tls.VersionTLS10},
		{"2016-08", tls.VersionTLS10},
		{"2015-05", tls.VersionTLS10},
	} {
		if strings.HasPrefix(name, family.prefix) {
			return family.version, nil
		}
	}
	return 0, fmt.Errorf("its SslPolicy %q is not known to the local place: use ELBSecurityPolicy-TLS13-1-2-2021-06", policy)
}
