package cloud

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"catalog/release/cloud/standin"
)

func TestX6_MissingBootstrapIsNamed(t *testing.T) {
	aws := standin.Start("dev")
	a := connect(t, aws)
	if version, err := a.CheckBootstrap(t.Context(), 6); err != nil || version != 21 {
		t.Errorf("the bootstrap has version %d, %v", version, err)
	}
	_, err := a.CheckBootstrap(t.Context(), 30)
	says(t, err, `version "21"`, "npx cdk bootstrap aws://123456789012/ap-southeast-2")
	aws.Do(func() { clear(aws.Parameters) })
	_, err = a.CheckBootstrap(t.Context(), 6)
	says(t, err, "is not bootstrapped", "npx cdk bootstrap")
}

// TestD5_SecretsMustExistWithTheirKeys: and their values are never told.
func TestD5_SecretsMustExistWithTheirKeys(t *testing.T) {
	aws := standin.Start("dev")
	a := connect(t, aws)
	arns, err := a.CheckSecrets(t.Context(), "dev")
	if err != nil || !strings.HasSuffix(arns.Database, "secret-catalog-db-dev-AbCdEf") || !strings.HasSuffix(arns.API, "secret-catalog-api-dev-AbCdEf") {
		t.Errorf("the ARNs are %+v, %v", arns, err)
	}
	for value, part := range map[string]string{
		`{"username":"not-to-be-seen"}`:                "password",
		`{"username":"not-to-be-seen","password":""}`:  "password",
		`{"username":7,"password":"not-to-be-seen"}`:   "username",
		`not-to-be-seen`:                               "username and password",
		`["not-to-be-seen"]`:                           "username and password",
		`{"username":"a","password":"not-to-be-seen"`:  "username and password",
		`{"password":{"not-to-be-seen":1},"username"}`: "username and password",
	} {
		aws.Do(func() { aws.Secrets["secret-catalog-db-dev"] = value })
		_, err := a.CheckSecrets(t.Context(), "dev")
		says(t, err, "secret-catalog-db-dev", part)
	}
	aws.Do(func() { clear(aws.Secrets) })
	_, err = a.CheckSecrets(t.Context(), "dev")
	says(t, err, "does not exist", "secrets init --suffix dev")
	aws.Fail("GetSecretValue", "InvalidRequestException", "marked for deletion", 9)
	_, err = a.CheckSecrets(t.Context(), "dev")
	says(t, err, "restore-secret")
}

func TestD5_InitMakesWhatIsMissingAndLeavesTheRest(t *testing.T) {
	aws := standin.Start("dev")
	a := connect(t, aws)
	aws.Do(func() { delete(aws.Secrets, "secret-catalog-db-dev") })
	made, err := a.InitSecrets(t.Context(), "dev")
	if err != nil || len(made) != 2 || made[0].Made || !made[1].Made {
		t.Errorf("made %+v, %v", made, err)
	}
	aws.Do(func() {
		values, missing := readKeys([]byte(aws.Secrets["secret-catalog-db-dev"]), []string{"username", "password"})
		if len(missing) > 0 || len(values["password"]) < 26 || values["username"] != "catalog" {
			t.Errorf("the new secret lacks %v", missing)
		}
		if aws.Secrets["secret-catalog-api-dev"] != `{"write_token":"not-to-be-seen-2"}` {
			t.Error("the secret that existed was changed")
		}
		aws.Secrets["secret-catalog-api-dev"] = "{}"
	})
	_, err = a.InitSecrets(t.Context(), "dev")
	says(t, err, "secret-catalog-api-dev", "write_token")
}

// TestN2_QuotasAreSeenBeforeTheyAreMet: half an hour before CloudFormation
// would meet them.
func TestN2_QuotasAreSeenBeforeTheyAreMet(t *testing.T) {
	aws := standin.Start("dev")
	a := connect(t, aws)
	needs := Needs{Zones: []string{"ap-southeast-2a", "ap-southeast-2b"}, NATGateways: 2, ElasticIPs: 2}
	if err := a.CheckQuotas(t.Context(), needs); err != nil {
		t.Error(err)
	}
	item := "<item><allocationId>eipalloc-1</allocationId></item>"
	aws.Do(func() {
		aws.Answers["DescribeAddresses"] = "<addressesSet>" + strings.Repeat(item, 4) + "</addressesSet>"
		aws.Answers["DescribeNatGateways"] = "<natGatewaySet>" + strings.Repeat("<item><natGatewayId>n</natGatewayId><subnetId>s-b</subnetId></item>", 5) + "</natGatewaySet>"
		aws.Answers["DescribeSubnets"] = "<subnetSet><item><subnetId>s-b</subnetId><availabilityZone>ap-southeast-2b</availabilityZone></item></subnetSet>"
	})
	says(t, a.CheckQuotas(t.Context(), needs), "2 more Elastic IP", "4 of 5", "L-0263D0A3")
	aws.Do(func() { aws.Answers["GetServiceQuota"] = `{"Quota":{"Value":8}}` })
	if err := a.CheckQuotas(t.Context(), needs); err != nil {
		t.Errorf("with larger quotas: %v", err)
	}
	aws.Do(func() { delete(aws.Answers, "DescribeAddresses"); delete(aws.Answers, "GetServiceQuota") })
	says(t, a.CheckQuotas(t.Context(), needs), "1 more NAT gateways per zone in ap-southeast-2b", "5 of 5")
	aws.Fail("DescribeNatGateways", "UnauthorizedOperation", "You are not authorized", 9)
	says(t, a.CheckQuotas(t.Context(), needs), "NAT gateways in use", "docs/deploy.md")
	aws.Fail("DescribeAddresses", "RequestLimitExceeded", "slow", 1)
	says(t, a.CheckQuotas(t.Context(), needs), "NAT gateways in use") // the other call was tried again
}

// TestC3_WhatRunsIsNotPushedOut: decision 10.
func TestC3_WhatRunsIsNotPushedOut(t *testing.T) {
	t.Parallel()
	var images []Image
	for i := range 9 {
		images = append(images, Image{Digest: fmt.Sprintf("sha256:%d", i), Pushed: time.Unix(int64(100-i), 0)})
	}
	if err := CheckKept(images, "ecr-catalog-dev", "sha256:8"); err != nil {
		t.Errorf("the ninth is refused: %v", err)
	}
	if err := CheckRoom(images, "ecr-catalog-dev", []string{"sha256:8", "of another place"}, 1); err != nil {
		t.Errorf("a push is refused that leaves what runs as the tenth: %v", err)
	}
	says(t, CheckRoom(images, "ecr-catalog-dev", []string{"sha256:8"}, 2), "number 9", "2 new entries", "batch-delete-image")
	images = append(images, Image{Digest: "sha256:9"})
	says(t, CheckKept(images, "ecr-catalog-dev", "sha256:9"), "number 10", "the next push takes it away")
	says(t, CheckKept(images, "ecr-catalog-dev", "sha256:no"), "it is not in ecr-catalog-dev")
}

func TestX1_AssemblySaysWhatItNeeds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("manifest.json", `{"artifacts":{"a":{"type":"aws:cloudformation:stack","environment":"aws://unknown-account/eu-west-1","properties":{"templateFile":"a.json","stackName":"stack-a","requiresBootstrapStackVersion":6}}}}`)
	write("a.json", `{"Parameters":{"P":{}},"Resources":{"N":{"Type":"AWS::EC2::NatGateway"},"E":{"Type":"AWS::EC2::EIP"},"S":{"Type":"AWS::EC2::Subnet","Properties":{"AvailabilityZone":"eu-west-1a"}}}}`)
	a, err := ReadAssembly(dir)
	if err != nil {
		t.Fatal(err)
	}
	needs := a.Needs("stack-a")
	if a.Region != "eu-west-1" || a.Bootstrap != 6 || !a.Has("stack-a", "P") || needs.NATGateways != 1 || needs.ElasticIPs != 1 || len(needs.Zones) != 1 {
		t.Errorf("read %+v, %+v", a, needs)
	}
	write("manifest.json", "{}")
	_, err = ReadAssembly(dir)
	says(t, err, "no cloud assembly", "catalogctl clean")
}

func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"artifacts":{"a":{"type":"aws:cloudformation:stack","properties":{"templateFile":"../x"}}}}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		_, files, err := parseManifest(content)
		for _, file := range files {
			if err == nil && !filepath.IsLocal(file) {
				t.Errorf("the template %q lies outside", file)
			}
		}
	})
}

func FuzzSecretKeys(f *testing.F) {
	f.Add([]byte(`{"username":"a"}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		values, missing := readKeys(content, []string{"username"})
		if (values["username"] == "") != (len(missing) == 1) {
			t.Errorf("%q has %d values and lacks %v", content, len(values), missing)
		}
	})
}
