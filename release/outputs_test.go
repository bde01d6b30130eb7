package release

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

func TestX3_OutputsAreAFlatFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cfn-outputs", "flat-outputs.json")
	mine := Outputs{"AlbDnsName": "127.0.0.1:8080", "ServiceName": "service-catalog-dev"}
	if err := mine.Write(path); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var read map[string]string
	if err := json.Unmarshal(content, &read); err != nil || len(read) != 2 || read["AlbDnsName"] != mine["AlbDnsName"] {
		t.Errorf("the file holds %s, %v", content, err)
	}

	// Another environment has written its own since: they stay.
	other := Outputs{"AlbDnsName": "127.0.0.1:9090"}
	if err := other.Write(path); err != nil {
		t.Fatal(err)
	}
	if err := mine.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("another environment's outputs were removed: %v", err)
	}
	for range 2 { // removing what is gone is no error
		if err := other.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) > 0 {
		t.Errorf("the folder holds %v", entries)
	}
}
