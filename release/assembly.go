package release

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// assemblyInputs are the files and folders that a cloud assembly is made from.
var assemblyInputs = []string{
	"lib", "cmd/infra", "contract", "go.mod", "go.sum", "cdk.json", "cdk.context.json", "package-lock.json",
}

// Assembly is a cloud assembly in a folder.
type Assembly struct {
	Dir    string
	Cached bool // nothing was synthesized
}

// Synthesize answers the cloud assembly for a CDK context: from the cache, or
// by the CDK CLI. say is told what takes long.
func (p Project) Synthesize(ctx context.Context, cdkContext map[string]string, say func(string)) (Assembly, error) {
	hash, err := p.assemblyHash(cdkContext)
	if err != nil {
		return Assembly{}, err
	}
	final := p.cache("assembly", hash)
	if _, err := os.Stat(filepath.Join(final, "manifest.json")); err == nil {
		return Assembly{Dir: final, Cached: true}, markUsed(final)
	}
	if err := p.CheckTools(); err != nil {
		return Assembly{}, err
	}
	if err := os.MkdirAll(filepath.Dir(final), 0o755); err != nil {
		return Assembly{}, fmt.Errorf("the cache cannot be made: %w", err)
	}
	work, err := os.MkdirTemp(filepath.Dir(final), ".new-")
	if err != nil {
		return Assembly{}, fmt.Errorf("the cache cannot be written: %w", err)
	}
	defer os.RemoveAll(work)
	if err := p.synthesizeInto(ctx, work, cdkContext, say); err != nil {
		return Assembly{}, err
	}
	// Without its manifest an entry is damaged; with it, another process has
	// just made the same.
	if _, err := os.Stat(filepath.Join(final, "manifest.json")); err != nil {
		if err := os.RemoveAll(final); err != nil {
			return Assembly{}, err
		}
	}
	if err := os.Rename(work, final); err != nil && !errors.Is(err, fs.ErrExist) {
		return Assembly{}, err
	}
	return Assembly{Dir: final}, prune(filepath.Dir(final))
}

func (p Project) synthesizeInto(ctx context.Context, dir string, cdkContext map[string]string, say func(string)) error {
	goPath, err := goTool.find()
	if err != nil {
		return err
	}
	node, err := nodeTool.find()
	if err != nil {
		return err
	}
	say("compiling the CDK app: about a minute the first time, seconds from then on")
	app := filepath.Join(dir, "app")
	build := step{
		what: "the CDK app does not compile", path: goPath, dir: p.Dir,
		args: []string{"build", "-buildvcs=false", "-o", app, "./cmd/infra"},
	}
	if _, err := build.run(ctx); err != nil {
		return err
	}
	defer os.Remove(app)
	relative, err := filepath.Rel(p.Dir, app) // the CLI takes a command line, where a blank in a path would end a word
	if err != nil {
		return err
	}
	say("synthesizing the CloudFormation templates")
	args := []string{p.cli(), "synth", "--quiet", "--app", relative, "--output", dir}
	for _, key := range slices.Sorted(maps.Keys(cdkContext)) {
		args = append(args, "--context", key+"="+cdkContext[key])
	}
	synth := step{
		what: "the templates cannot be synthesized", path: node, args: args, dir: p.Dir,
		env: []string{"CDK_DISABLE_VERSION_CHECK=1", "CDK_DISABLE_CLI_TELEMETRY=true", "CI=true"},
	}
	_, err = synth.run(ctx)
	return err
}

// assemblyHash hashes everything that decides what a synthesis answers.
func (p Project) assemblyHash(cdkContext map[string]string) (string, error) {
	hash := sha256.New()
	for _, key := range slices.Sorted(maps.Keys(cdkContext)) {
		fmt.Fprintf(hash, "%q=%q\n", key, cdkContext[key])
	}
	if err := p.hashInputs(hash, assemblyInputs); err != nil {
		return "", fmt.Errorf("what the templates are made from cannot be read: %w", err)
	}
	return hex.EncodeToString(hash.Sum(nil))[:32], nil
}
