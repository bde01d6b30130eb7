package local

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"catalog/local/balancer"
)

// secureEdits are what the real template has with a certificate: HTTPS on 443,
// and HTTP that redirects to it.
var secureEdits = edits{
	"Resources.Listener": `{"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": {
		"LoadBalancerArn": {"Ref": "Balancer"}, "Port": 443, "Protocol": "HTTPS", "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
		"Certificates": [{"CertificateArn": "arn:aws:acm:ap-southeast-2:111122223333:certificate/x"}],
		"DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "MessageBody": "no such path"}}]}}`,
	"Resources.ARedirectListener": `{"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": {
		"LoadBalancerArn": {"Ref": "Balancer"}, "Port": 80, "Protocol": "HTTP",
		"DefaultActions": [{"Type": "redirect", "RedirectConfig": {"Port": "443", "Protocol": "HTTPS", "StatusCode": "HTTP_301"}}]}}`,
	"Resources.Domain": `{"Type": "AWS::CertificateManager::Certificate", "Properties": {"DomainName": "shop.example"}}`,
}

// HTTPS gets the front port, its certificate is this machine's own authority's,
// and HTTP leads there.
func TestG3_HTTPSRunsHere(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, secureEdits)
	content, err := os.ReadFile(filepath.Join(p.options.StateDir, balancer.AuthorityFile))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(content)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 10 * time.Second}
	front := e.Outputs()["AlbDnsName"]
	var redirecting string
	for _, l := range e.Status().Listeners {
		if l.Port == 443 && l.Address != front {
			t.Errorf("HTTPS listens on %s, the front is %s", l.Address, front)
		}
		if l.Port == 80 {
			redirecting = l.Address
		}
	}
	for _, address := range []string{"https://" + front, "http://" + redirecting} {
		response, err := client.Get(address + "/health")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 200 || response.ProtoMajor != 2 || response.Request.URL.Host != front {
			t.Errorf("%s leads to %s, which answers %d over %s", address, response.Request.URL, response.StatusCode, response.Proto)
		}
	}
	c, err := tls.Dial("tcp", front, &tls.Config{RootCAs: pool, ServerName: "shop.example"})
	if err != nil {
		t.Errorf("the template's domain: %v", err)
	} else {
		c.Close()
	}
	newPlace(t).fail(t, edits{"Resources.Listener.Properties.Protocol": `"HTTPS"`}, "it has no certificate")
}

// The access log is a file of the environment, in ALB's format.
func TestO6_AccessLogOfAnEnvironment(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, edits{"Resources.Balancer.Properties.LoadBalancerAttributes": `[{"Key": "access_logs.s3.enabled", "Value": "true"}]`})
	if code, _ := p.ask(t, e, http.MethodGet, "/health"); code != 200 {
		t.Fatal(code)
	}
	p.down(t, e)
	content, err := os.ReadFile(filepath.Join(p.options.StateDir, logsDir, albLogs, "alb-test", "access_log"))
	if err != nil {
		t.Fatal(err)
	}
	want := `(?m)^http \S+ app/alb-test/local 127\.0\.0\.1:\d+ 127\.\S+ \S+ \S+ \S+ 200 200 \d+ \d+ "GET http://127\.0\.0\.1:80/health HTTP/1\.1" "Go-http-client/1\.1" - - arn:aws:elasticloadbalancing:`
	if !regexp.MustCompile(want).Match(content) {
		t.Errorf("the log is %s", content)
	}
}
