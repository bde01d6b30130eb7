package local

import (
	"archive/tar"
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
)

// packedWorkload is the tests' program as an image that a registry takes, with
// a variable that tells it from others.
func packedWorkload(t *testing.T, variable string) v1.Image {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(executable)
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	if err := w.WriteHeader(&tar.Header{Name: workloadName, Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(content))}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	image, err := mutate.AppendLayers(empty.Image, static.NewLayer(archive.Bytes(), "application/vnd.oci.image.layer.v1.tar"))
	if err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = runtime.GOOS, runtime.GOARCH
	config.Config = v1.Config{
		Entrypoint: []string{"/" + workloadName}, Cmd: []string{"serve"}, User: "65532",
		Env: []string{"FROM_IMAGE=" + variable, "HOST=overridden"},
	}
	if image, err = mutate.ConfigFile(image, config); err != nil {
		t.Fatal(err)
	}
	return image
}

// pushTo pushes an image with a tag and answers its digest.
func pushTo(ctx context.Context, t *testing.T, address, tag string, image v1.Image) (string, error) {
	t.Helper()
	digest, err := image.Digest()
	if err != nil {
		t.Fatal(err)
	}
	at, err := name.NewTag(address+":"+tag, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	return digest.String(), remote.Write(at, image, remote.WithContext(ctx))
}

// fromRegistry makes the service run the image that its parameter names, as
// the image itself says.
var fromRegistry = edits{
	api + "Image": `{"Fn::Join": ["", [{"Ref": "AWS::AccountId"}, ".dkr.ecr.ap-southeast-2.", {"Ref": "AWS::URLSuffix"},
		"/ecr-test@", {"Ref": "ImageDigest"}]]}`,
	api + "Command": "",
}

// TestC3_TasksRunWhatWasPushed: the image of the repository, by its digest,
// from the first start and after an update; one that is not there is refused.
func TestC3_TasksRunWhatWasPushed(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	first, second := packedWorkload(t, "first"), packedWorkload(t, "second")
	digest, err := first.Digest()
	if err != nil {
		t.Fatal(err)
	}
	p.options.Images = nil
	p.options.Parameters = map[string]string{"ImageDigest": digest.String()}
	p.options.Push = func(ctx context.Context, to RepositoryStatus) error {
		if to.Name != "ecr-test" || to.URI != accountID+".dkr.ecr.ap-southeast-2.amazonaws.com/ecr-test" {
			t.Errorf("the repository is %+v", to)
		}
		_, err := pushTo(ctx, t, to.Address, "v1", first)
		return err
	}
	e := p.up(t, fromRegistry)
	if _, body := p.ask(t, e, http.MethodGet, "/api/environment"); !strings.Contains(body, `"FROM_IMAGE=first"`) || strings.Contains(body, "overridden") {
		t.Errorf("the task's variables are %s", body)
	}
	if pushed := p.eventsOf(ImagePushed); len(pushed) != 1 || pushed[0].Detail != "v1, "+digest.String() {
		t.Errorf("IMAGE_PUSHED was said of %+v", pushed)
	}

	repository := e.Status().Repositories[0]
	other, err := pushTo(t.Context(), t, repository.Address, "v2", second)
	if err != nil {
		t.Fatal(err)
	}
	release := func(digest string) error {
		return e.Update(t.Context(), Release{Assembly: webAssembly(t, fromRegistry), Parameters: map[string]string{"ImageDigest": digest}})
	}
	if err := release(other); err != nil {
		t.Fatal(err)
	}
	if _, body := p.ask(t, e, http.MethodGet, "/api/environment"); !strings.Contains(body, `"FROM_IMAGE=second"`) {
		t.Errorf("after the update the task's variables are %s", body)
	}
	wantError(t, release("sha256:"+strings.Repeat("0", 64)), "is not in the repository ecr-test", "catalogctl image --push "+repository.Address)
	if got := e.Status().Repositories[0].Images; got != 2 {
		t.Errorf("%d images are in the repository, want 2", got)
	}
	p.down(t, e)
	assertClosed(t, strings.TrimSuffix(repository.Address, "/ecr-test"))
	unpacked, err := filepath.Glob(filepath.Join(p.options.StateDir, imagesDir, "*"))
	if err != nil || len(unpacked) != 2 {
		t.Errorf("unpacked is %q, %v, want each image once", unpacked, err)
	}
}

// TestC3_AFailedPushEndsTheStart, and nothing is left.
func TestC3_AFailedPushEndsTheStart(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.options.Push = func(context.Context, RepositoryStatus) error { return errStopped }
	p.fail(t, nil, "stack stack-registry-test: Repository: it was asked to stop")
	if got := ids(p.eventsOf(DeleteComplete)); !slices.Equal(got, []string{"Repository"}) {
		t.Errorf("DELETE_COMPLETE was said of %q", got)
	}
}

// TestC3_ARepositoryIsAsItsDeclarationSays: tags, the lifecycle, and both
// again after an update.
func TestC3_ARepositoryIsAsItsDeclarationSays(t *testing.T) {
	t.Parallel()
	var told []Event
	e := &Environment{options: Options{Progress: func(event Event) { told = append(told, event) }}}
	declare := func(mutability, policy string) declared {
		return declared{
			id: "Repository", typ: "AWS::ECR::Repository", stack: Stack{Name: "s", Region: "ap-southeast-2"},
			properties: map[string]any{
				"RepositoryName": "ecr-test", "ImageTagMutability": mutability, "LifecyclePolicy": map[string]any{"LifecyclePolicyText": policy},
			},
		}
	}
	const lastTen = `{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":10},"action":{"type":"expire"}}]}`
	made, err := newRepository(e, declare("IMMUTABLE", lastTen))
	if err != nil {
		t.Fatal(err)
	}
	r := made.(*repository)
	if !r.settings.Immutable || r.settings.Keep != 10 || len(told) != 0 {
		t.Errorf("the settings are %+v, and it said %+v", r.settings, told)
	}
	if err := r.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer r.stop(t.Context())
	if _, err := pushTo(t.Context(), t, r.server.Load().Address(), "v1", empty.Image); err != nil {
		t.Fatal(err)
	}
	other, err := mutate.Config(empty.Image, v1.Config{User: "1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pushTo(t.Context(), t, r.server.Load().Address(), "v1", other); err == nil {
		t.Error("a tag moved that is immutable")
	}
	if err := r.update(t.Context(), declare("MUTABLE", "")); err != nil {
		t.Fatal(err)
	}
	if _, err := pushTo(t.Context(), t, r.server.Load().Address(), "v1", other); err != nil {
		t.Errorf("after the update the tag does not move: %v", err)
	}
	byAge := strings.NewReplacer(`"any"`, `"untagged"`, "imageCountMoreThan", "sinceImagePushed").Replace(lastTen)
	if err := r.update(t.Context(), declare("MUTABLE", byAge)); err != nil {
		t.Error(err)
	}
	if last := told[len(told)-1]; last.Status != NotRun || !strings.Contains(last.Detail, "untagged images by sinceImagePushed") {
		t.Errorf("of a rule that does nothing here it said %+v", last)
	}
	for _, bad := range []string{"no JSON", strings.Replace(lastTen, "10", "0", 1)} {
		if err := r.update(t.Context(), declare("MUTABLE", bad)); err == nil || !strings.Contains(err.Error(), "LifecyclePolicyText") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func FuzzParseLifecycle(f *testing.F) {
	for _, seed := range []string{"", "{}", `{"rules":[{"selection":{"countNumber":10}}]}`, `{"rules":[{"selection":{"countNumber":-1}}]}`, `{"rules":{}}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		policy, err := parseLifecycle(text)
		if err != nil {
			return
		}
		for _, rule := range policy.Rules {
			if rule.Selection.CountNumber < 1 {
				t.Errorf("%q keeps %d images", text, rule.Selection.CountNumber)
			}
		}
	})
}
