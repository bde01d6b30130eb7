package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// pushFlask puts an image of another make into the environment's registry, and
// answers its digest.
func (c cloudTest) pushFlask(tag string) string {
	c.t.Helper()
	image, err := random.Image(100, 1)
	c.must(err)
	to, err := name.NewTag(strings.TrimPrefix(c.aws.URL, "http://")+"/ecr-catalog-dev:"+tag, name.Insecure)
	c.must(err)
	c.must(remote.Write(to, image))
	digest, err := image.Digest()
	c.must(err)
	return digest.String()
}

// syntheses are the CDK's command lines that templates were made with.
func (c cloudTest) syntheses() (all [][]string) {
	c.t.Helper()
	files, err := filepath.Glob(c.path(".local/.cache/assembly/*/asked.json"))
	c.must(err)
	for _, file := range files {
		content, err := os.ReadFile(file)
		c.must(err)
		var args []string
		c.must(json.NewDecoder(bytes.NewReader(content)).Decode(&args))
		all = append(all, args)
	}
	return all
}

// parameters are those that the last deployment gave the catalog's stack.
func (c cloudTest) parameters() (all map[string]string) {
	c.aws.Do(func() { all = c.aws.Stacks["stack-catalog-dev"].Parameters })
	return all
}

// TestS1_FlaskIsDeployedWithOurMigration: and Go again afterwards, which
// migrates for itself.
func TestS1_FlaskIsDeployedWithOurMigration(t *testing.T) {
	t.Parallel()
	c := newCloudTest(t)
	c.serving()
	flask := c.pushFlask("v42")
	c.ends(c.call("deploy", "--yes", "--workload", "flask", "--image", "v42"), 0, "smoke")
	with := c.parameters()
	var version string
	c.aws.Do(func() {
		for tag, digest := range c.aws.Tags {
			if digest == with["MigrationImageDigest"] {
				version = tag
			}
		}
	})
	if with["ImageDigest"] != flask || version == "" || version == "v42" {
		t.Errorf("the stack is given %v, want %s to serve and the image of this checkout to migrate (its tag is %q)", with, flask, version)
	}
	if all := c.syntheses(); len(all) != 1 || !slices.Contains(all[0], "workload=flask") {
		t.Errorf("the syntheses were asked for %v", all)
	}

	c.ends(c.call("deploy", "--yes", "--workload", "flask", "--image", flask), 0, "smoke")
	if again := c.parameters(); again["ImageDigest"] != flask || again["MigrationImageDigest"] != with["MigrationImageDigest"] {
		t.Errorf("by its digest the stack is given %v", again)
	}

	c.ends(c.call(deployYes()...), 0, "smoke")
	back := c.parameters()
	if migration, given := back["MigrationImageDigest"]; migration != "" || !given || back["ImageDigest"] != with["MigrationImageDigest"] {
		t.Errorf("back to Go, the stack is given %v", back)
	}
	all := c.syntheses()
	if plain := slices.IndexFunc(all, func(args []string) bool { return !slices.Contains(args, "workload=flask") }); len(all) != 2 || plain < 0 {
		t.Errorf("the syntheses were asked for %v", all)
	}
}

// TestX6_FlaskImageThatIsNotThere: is named before anything is touched. Only a
// new environment gets its registry first, since there is none to push to.
func TestX6_FlaskImageThatIsNotThere(t *testing.T) {
	t.Parallel()
	c := newCloudTest(t)
	deploy := []string{"deploy", "--yes", "--workload", "flask", "--image", "v43"}
	next := []string{
		"the image v43 is not in the environment's registry", "docker push " + strings.TrimPrefix(c.aws.URL, "http://") + "/ecr-catalog-dev:<tag>",
		"go on with bin/catalogctl deploy --workload flask --image v43 --suffix dev",
	}
	c.ends(c.call(deploy...), exitFailed, next...)
	if registry, catalog := c.status("stack-registry-dev"), c.status("stack-catalog-dev"); registry != "CREATE_COMPLETE" || catalog != "" {
		t.Errorf("in a new environment the registry is %s, the catalog %s", registry, catalog)
	}
	c.serving()
	c.aws.Do(func() { c.aws.Stacks["stack-catalog-dev"].Status, c.aws.Commands = "CREATE_COMPLETE", nil })
	c.pushFlask("v42")
	c.ends(c.call(deploy...), exitFailed, next...)
	c.untouched()
	c.aws.Do(func() {
		if len(c.aws.Commands) != 0 || len(c.aws.Images) != 3 {
			t.Errorf("the CDK was asked for %v, and the registry has %v", c.aws.Commands, c.aws.Images)
		}
	})
}
