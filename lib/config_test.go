package lib

import (
	"maps"
	"strings"
	"testing"
)

// given is a CDK context.
func given(values map[string]any) Lookup { return func(key string) any { return values[key] } }

func TestG1_DefaultsAreTheCustomers(t *testing.T) {
	t.Setenv("ENVIRONMENT_SUFFIX", "")
	c, err := LoadConfig(given(nil))
	if err != nil {
		t.Fatal(err)
	}
	if c.Suffix != "dev" || c.Region != "ap-southeast-2" || len(c.Zones) != 3 {
		t.Errorf("the defaults are %+v", c)
	}
}

func TestG1_SuffixComesFromTheEnvironmentToo(t *testing.T) {
	t.Setenv("ENVIRONMENT_SUFFIX", "blue7")
	if c, err := LoadConfig(given(nil)); err != nil || c.Suffix != "blue7" {
		t.Errorf("suffix is %q, %v", c.Suffix, err)
	}
	if c, err := LoadConfig(given(map[string]any{"environmentSuffix": "ctx"})); err != nil || c.Suffix != "ctx" {
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
		_, err := LoadConfig(given(map[string]any{"environmentSuffix": "dev", bad.key: bad.value}))
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
	c, err := LoadConfig(given(map[string]any{
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
		c, err := LoadConfig(given(values))
		if err == nil && (len(c.Zones) != 3 || c.DatabaseMinACU < 0.5) {
			t.Errorf("%v is taken as %+v", values, c)
		}
	})
}
