package settings

import (
	"maps"
	"strings"
	"testing"
)

// given is a CDK context.
func given(values map[string]any) Lookup { return func(key string) any { return values[key] } }

func TestG1_DefaultsAreTheCustomers(t *testing.T) {
	t.Setenv("ENVIRONMENT_SUFFIX", "")
	c, err := Load(given(nil))
	if err != nil {
		t.Fatal(err)
	}
	if c.Suffix != "dev" || c.Region != "ap-southeast-2" || len(c.Zones) != 3 {
		t.Errorf("the defaults are %+v", c)
	}
}

func TestG1_SuffixComesFromTheEnvironmentToo(t *testing.T) {
	t.Setenv("ENVIRONMENT_SUFFIX", "blue7")
	if c, err := Load(given(nil)); err != nil || c.Suffix != "blue7" {
		t.Errorf("suffix is %q, %v", c.Suffix, err)
	}
	if c, err := Load(given(map[string]any{"environmentSuffix": "ctx"})); err != nil || c.Suffix != "ctx" {
		t.Errorf("suffix is %q, %v: the context goes before the environment", c.Suffix, err)
	}
}

// TestX5_BadConfigIsOneSentence: it names the context key and what is allowed.
func TestX5_BadConfigIsOneSentence(t *testing.T) {
	t.Parallel()
	for _, bad := range []struct {
		key     string
		value   any
		allowed string
	}{
		{"environmentSuffix", "Prod", "1 to 12 of a-z"},
		{"environmentSuffix", "", "1 to 12"},
		{"environmentSuffix", "much-too-long", "1 to 12"},
		{"environmentSuffix", "9lives", "beginning with a letter"},
		{"environmentSuffix", "a-", "not ending with -"},
		{"environmentSuffix", 7.0, "a string"},
		{"region", "mars-north-1", "ap-southeast-2"},
		{"taskCpu", "lots", "a number"},
		{"taskCpu", 100.0, "512"},
		{"taskCpu", 512.5, "whole"},
		{"taskMemory", "512", "1024"},
		{"databaseMinAcu", 0.3, "0.5 to 256"},
		{"databaseMaxAcu", 0.5, "1 to 256"},
		{"databaseMaxAcu", "NaN", "256"},
		{"backupRetentionDays", 0.0, "7 to 35"},
		{"backupRetentionDays", true, "a number"},
		{"logRetentionDays", 31.0, "30"},
		{"logLevel", "loud", "debug, info, warn, error"},
	} {
		_, err := Load(given(map[string]any{"environmentSuffix": "dev", bad.key: bad.value}))
		if err == nil {
			t.Errorf("%s = %v is taken", bad.key, bad.value)
			continue
		}
		if text := err.Error(); !strings.Contains(text, "context "+bad.key+" ") || !strings.Contains(text, bad.allowed) || strings.Contains(text, "\n") {
			t.Errorf("%s = %v is refused with %q", bad.key, bad.value, text)
		}
	}
}

func TestX5_NumbersMayBeTextFromTheCommandLine(t *testing.T) {
	t.Parallel()
	c, err := Load(given(map[string]any{
		"environmentSuffix": "dev", "taskCpu": "1024", "taskMemory": "2048", "databaseMaxAcu": "16.5",
	}))
	if err != nil || c.TaskCPU != 1024 || c.TaskMemory != 2048 || c.DatabaseMaxACU != 16.5 {
		t.Errorf("config is %+v, %v", c, err)
	}
}

// FuzzX5_ConfigNeverPanics: whatever is given is taken or refused.
func FuzzX5_ConfigNeverPanics(f *testing.F) {
	f.Add("dev", "ap-southeast-2", "512", "0.5")
	f.Add("", "", "1e309", "-0")
	f.Fuzz(func(t *testing.T, suffix, region, cpu, acu string) {
		values := map[string]any{"environmentSuffix": suffix, "region": region, "taskCpu": cpu, "databaseMinAcu": acu}
		maps.DeleteFunc(values, func(_ string, v any) bool { return v == "" })
		c, err := Load(given(values))
		if err == nil && (len(c.Zones) != 3 || c.DatabaseMinACU < 0.5) {
			t.Errorf("%v is taken as %+v", values, c)
		}
	})
}

// loadWith reads a configuration that chooses nothing else.
func loadWith(values map[string]any) (Config, error) {
	values = maps.Clone(values)
	values["environmentSuffix"] = "dev"
	return Load(given(values))
}

const goodCertificate = "arn:aws:acm:ap-southeast-2:123456789012:certificate/12345678-1234-1234-1234-123456789012"

// domain is everything that a domain name needs, with some of it changed.
func domain(changes ...string) map[string]any {
	values := map[string]any{
		"certificateArn": goodCertificate, "domainName": "api.example.com", "hostedZoneId": "Z0123456789ABC", "hostedZoneName": "example.com",
	}
	for i := 0; i < len(changes); i += 2 {
		values[changes[i]] = changes[i+1]
	}
	return values
}

// TestX5_OptionsAreRefusedOneByOne: each with its key and what is allowed.
func TestX5_OptionsAreRefusedOneByOne(t *testing.T) {
	t.Parallel()
	for _, bad := range []struct {
		values       map[string]any
		key, allowed string
	}{
		{map[string]any{"profile": "production"}, "profile", "dev, prod, staging"},
		{map[string]any{"profile": ""}, "profile", "dev, prod, staging"},
		{map[string]any{"workload": "rails"}, "workload", "go, flask"},
		{map[string]any{"workload": ""}, "workload", "go, flask"},
		{map[string]any{"certificateArn": "my-certificate"}, "certificateArn", "ACM certificate in ap-southeast-2"},
		{map[string]any{"certificateArn": strings.Replace(goodCertificate, "ap-southeast-2", "us-east-1", 1)}, "certificateArn", "in ap-southeast-2"},
		{map[string]any{"certificateArn": goodCertificate + "\n"}, "certificateArn", "ACM certificate"},
		{domain("certificateArn", ""), "domainName", "together with certificateArn"},
		{domain("domainName", "https://api.example.com"), "domainName", "a domain name"},
		{domain("domainName", "API.example.com"), "domainName", "a domain name"},
		{domain("hostedZoneId", ""), "hostedZoneId", "together with domainName"},
		{domain("hostedZoneId", "/hostedzone/Z0123456789ABC"), "hostedZoneId", "Z0123456789ABC"},
		{domain("domainName", ""), "hostedZoneId", "together with domainName"},
		{domain("hostedZoneName", ""), "hostedZoneName", "that domainName lies in"},
		{domain("hostedZoneName", "example.org"), "hostedZoneName", "that domainName lies in"},
		{domain("hostedZoneName", "ample.com"), "hostedZoneName", "that domainName lies in"},
		{map[string]any{"testListenerCidr": "0.0.0.0/0"}, "testListenerCidr", "at most 65,536 addresses"},
		{map[string]any{"testListenerCidr": "10.0.0.0/8"}, "testListenerCidr", "at most 65,536 addresses"},
		{map[string]any{"testListenerCidr": "203.0.113.7/24"}, "testListenerCidr", "IPv4 network"},
		{map[string]any{"testListenerCidr": "2001:db8::/32"}, "testListenerCidr", "IPv4 network"},
		{map[string]any{"testListenerCidr": "203.0.113.7"}, "testListenerCidr", "IPv4 network"},
		{map[string]any{"alarmEmail": "operators"}, "alarmEmail", "an e-mail address"},
		{map[string]any{"alarmEmail": "a@b.c, d@e.f"}, "alarmEmail", "an e-mail address"},
		{map[string]any{"monthlyBudgetUsd": 100.0}, "monthlyBudgetUsd", "together with alarmEmail"},
		{map[string]any{"monthlyBudgetUsd": 0.5, "alarmEmail": "a@example.com"}, "monthlyBudgetUsd", "1 to 1000000"},
		{map[string]any{"monthlyBudgetUsd": -1.0, "alarmEmail": "a@example.com"}, "monthlyBudgetUsd", "1 to 1000000"},
		{map[string]any{"monthlyBudgetUsd": "NaN", "alarmEmail": "a@example.com"}, "monthlyBudgetUsd", "1 to 1000000"},
		{map[string]any{"owner": ""}, "owner", "1 to 256"},
		{map[string]any{"owner": "a<b"}, "owner", "1 to 256"},
		{map[string]any{"costCentre": strings.Repeat("4", 257)}, "costCentre", "1 to 256"},
		{map[string]any{"costCentre": 4711.0}, "costCentre", "a string"},
		{map[string]any{"waf": "on"}, "waf", "true or false"},
		{map[string]any{"waf": 1.0}, "waf", "true or false"},
		{map[string]any{"executeCommand": "yes"}, "executeCommand", "true or false"},
	} {
		_, err := loadWith(bad.values)
		if err == nil {
			t.Errorf("%v is taken", bad.values)
			continue
		}
		if text := err.Error(); !strings.HasPrefix(text, "context "+bad.key+" ") || !strings.Contains(text, bad.allowed) {
			t.Errorf("%v is refused with %q", bad.values, text)
		}
	}
}

func TestX5_OptionsThatAreTaken(t *testing.T) {
	t.Parallel()
	for _, values := range []map[string]any{
		{"profile": "staging"},
		{"profile": "prod"},
		{"certificateArn": goodCertificate},
		domain(),
		domain("domainName", "example.com"),
		{"testListenerCidr": "203.0.113.0/24"},
		{"testListenerCidr": "10.1.0.0/16"},
		{"monthlyBudgetUsd": "250.5", "alarmEmail": "operators@example.com"},
		{"monthlyBudgetUsd": 0.0},
		{"owner": "Shop team", "costCentre": "4711"},
		{"waf": "true"},
		{"waf": true},
		{"executeCommand": false},
	} {
		if _, err := loadWith(values); err != nil {
			t.Errorf("%v is refused: %v", values, err)
		}
	}
}

// TestX5_AProfileIsADefault: a key that is given goes before it.
func TestX5_AProfileIsADefault(t *testing.T) {
	t.Parallel()
	c, err := loadWith(map[string]any{"profile": "prod", "waf": "false", "databaseMaxAcu": 16.0})
	if err != nil || c.WAF || c.DatabaseMaxACU != 16 || c.LogRetentionDays != 365 || c.BackupRetentionDays != 14 {
		t.Errorf("config is %+v, %v", c, err)
	}
	for name, sizes := range profiles {
		c, err := loadWith(map[string]any{"profile": name})
		if err != nil || c.Sizes != sizes {
			t.Errorf("the profile %s is read as %+v, %v", name, c.Sizes, err)
		}
	}
}
