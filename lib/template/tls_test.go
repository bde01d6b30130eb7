package template

import (
	"path/filepath"
	"strings"
	"testing"

	"catalog/contract"
)

// TestChecklist23_WithACertificateClientsTalkHTTPS (G3): TLS 1.3 first, 1.2 at
// least, and HTTP only leads there.
func TestChecklist23_WithACertificateClientsTalkHTTPS(t *testing.T) {
	t.Parallel()
	for _, port := range []int{443, testListenerPort} {
		_, listener := listenerOn(t, prod.catalog, port)
		want(t, "HTTPS", listener, "Protocol")
		want(t, prod.context["certificateArn"], listener, "Certificates", 0, "CertificateArn")
		// AWS: "Security policies for your Application Load Balancer".
		want(t, "ELBSecurityPolicy-TLS13-1-2-Res-2021-06", listener, "SslPolicy")
	}
	id, listener := listenerOn(t, prod.catalog, 80)
	want(t, "redirect", listener, "DefaultActions", 0, "Type")
	want(t, map[string]string{"Port": "443", "Protocol": "HTTPS", "StatusCode": "HTTP_301"}, listener, "DefaultActions", 0, "RedirectConfig")
	for _, rule := range prod.catalog.all("AWS::ElasticLoadBalancingV2::ListenerRule") {
		if in(rule, "ListenerArn", "Ref") == id {
			t.Error("a rule serves requests over HTTP")
		}
	}
	want(t, "https://api.example.com/api/v1", prod.catalog.Outputs["ApiUrl"], "Value")
}

// TestChecklist23_WithoutACertificateTheSynthesisWarns: and says how to get
// HTTPS; with one it is silent.
func TestChecklist23_WithoutACertificateTheSynthesisWarns(t *testing.T) {
	t.Parallel()
	for name, warned := range map[string]bool{"dev": true, "staging": true, "prod": false} {
		e := environments[name]
		text := read(t, filepath.Join(e.directory, contract.CatalogStackName(e.suffix)+".metadata.json"))
		if strings.Contains(text, "catalog:no-tls") != warned {
			t.Errorf("%s: a warning about TLS: %v, want %v", name, !warned, warned)
		}
		if warned && (!strings.Contains(text, "aws:cdk:warning") || !strings.Contains(text, "set the context certificateArn")) {
			t.Errorf("%s: the warning does not say how to get HTTPS", name)
		}
	}
	_, listener := listenerOn(t, dev.catalog, 80)
	want(t, "HTTP", listener, "Protocol")
	want(t, nil, listener, "Certificates")
}

// TestL1_DomainNameLeadsToTheLoadBalancer, by an alias in the hosted zone.
func TestL1_DomainNameLeadsToTheLoadBalancer(t *testing.T) {
	t.Parallel()
	balancer, _ := prod.catalog.one(t, "AWS::ElasticLoadBalancingV2::LoadBalancer")
	_, record := prod.catalog.one(t, "AWS::Route53::RecordSet")
	want(t, "api.example.com.", record, "Name")
	want(t, "A", record, "Type")
	want(t, "Z0123456789ABC", record, "HostedZoneId")
	want(t, attribute(balancer, "CanonicalHostedZoneID"), record, "AliasTarget", "HostedZoneId")
	want(t, "dualstack.${"+balancer+".DNSName}", rendered(in(record, "AliasTarget", "DNSName")))
	if n := len(dev.catalog.all("AWS::Route53::RecordSet")); n != 0 {
		t.Errorf("dev has %d records without a domain", n)
	}
}

// TestG3_EveryDataStoreIsEncrypted: at rest, and on the way to it.
func TestG3_EveryDataStoreIsEncrypted(t *testing.T) {
	t.Parallel()
	for _, e := range environments {
		key, _ := e.catalog.one(t, "AWS::KMS::Key")
		_, cluster := e.catalog.one(t, "AWS::RDS::DBCluster")
		want(t, true, cluster, "StorageEncrypted")
		want(t, attribute(key, "Arn"), cluster, "KmsKeyId")
		_, topic := e.catalog.one(t, "AWS::SNS::Topic")
		want(t, attribute(key, "Arn"), topic, "KmsMasterKeyId")
		_, bucket := e.catalog.one(t, "AWS::S3::Bucket")
		want(t, "AES256", bucket, "BucketEncryption", "ServerSideEncryptionConfiguration", 0, "ServerSideEncryptionByDefault", "SSEAlgorithm")
		_, policy := e.catalog.one(t, "AWS::S3::BucketPolicy")
		want(t, "Deny", policy, "PolicyDocument", "Statement", 0, "Effect")
		want(t, map[string]any{"Bool": map[string]string{"aws:SecureTransport": "false"}}, policy, "PolicyDocument", "Statement", 0, "Condition")
		// ECR encrypts with AES-256 unless another way is said (AWS:
		// "Encryption at rest" of Amazon ECR).
		_, repository := e.registry.one(t, "AWS::ECR::Repository")
		if kind := in(repository, "EncryptionConfiguration", "EncryptionType"); kind != nil && kind != "AES256" {
			t.Errorf("images are encrypted by %v", kind)
		}
	}
}
