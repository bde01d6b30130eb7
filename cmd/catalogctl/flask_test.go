package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"catalog/release"
)

// withFlask makes a checkout one that can run the Flask workload, in a
// template that names our own image for the migration beside it. The Python
// environment is the project's own, made once for all tests.
func (c checkout) withFlask() {
	c.t.Helper()
	project, err := release.FindProject(".")
	c.must(err)
	if _, err := project.FlaskEnvironment(c.t.Context(), func(string) {}); errors.Is(err, release.ErrNoPython) && os.Getenv("CI") != "true" {
		c.t.Skip(err)
	} else if err != nil {
		c.t.Fatal(err)
	}
	c.must(os.CopyFS(c.path("workloads/flask"), os.DirFS("../../workloads/flask")))
	c.must(os.MkdirAll(c.path(".local/.cache"), 0o755))
	c.must(os.Symlink(project.Path(".local/.cache/python"), c.path(".local/.cache/python")))
	const image = `"Image": {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.ap-southeast-2.${AWS::URLSuffix}/registry/catalog@${ImageDigest}"}`
	c.editTemplate(`"InitialDeployment": {`, `"MigrationImageDigest": {"Type": "String", "Default": ""},
    "InitialDeployment": {`, 1)
	c.editTemplate(`  "Resources": {`, `  "Conditions": {"IsOfTheImage": {"Fn::Equals": [{"Ref": "MigrationImageDigest"}, ""]}},
  "Resources": {`, 1)
	c.editTemplate(image, `"Image": {"Fn::If": ["IsOfTheImage",
              {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.ap-southeast-2.${AWS::URLSuffix}/registry/catalog@${ImageDigest}"},
              {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.ap-southeast-2.${AWS::URLSuffix}/registry/catalog@${MigrationImageDigest}"}]}`, 1)
}

// TestS1_FlaskMovesToGoUnderLoadAndBack: Flask is blue and Go is green, then
// the other way round, and no request fails.
func TestS1_FlaskMovesToGoUnderLoadAndBack(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	c.withFlask()
	c.editTemplate(`"DesiredCount": 1`, `"DesiredCount": 2`, 1)
	c.editTemplate(`"Value": "30s"`, `"Value": "1s"`, 1)
	first := c.up("--workload", "flask")
	outputs := c.awaitReady(first, "cfn-outputs/flat-outputs.json")
	if server := serverOf(t, outputs["ApiUrl"]+"/products"); server != "gunicorn" {
		t.Errorf("%q answers, want gunicorn", server)
	}
	end := calls(outputs["ApiUrl"] + "/products?limit=5")
	c.up().done(t, "updated in")
	if server := serverOf(t, outputs["ApiUrl"]+"/products"); server != "" {
		t.Errorf("%q answers, want the Go API, which names no server", server)
	}
	c.up("--workload", "flask").done(t, "updated in")
	sent, failed := end()
	if len(failed) > 0 || sent < 100 {
		t.Errorf("%d of %d requests failed: %q", len(failed), sent, failed[:min(3, len(failed))])
	}
	c.start("down", "--suffix", "cli").done(t, "cli deleted in")
	if code := first.wait(); code != 0 {
		t.Errorf("up ends with %d: %s", code, first.stderr.String())
	}
	if _, err := os.Stat(filepath.Join(c.dir, ".local/cli")); err == nil {
		t.Error("the state folder is left")
	}
}
