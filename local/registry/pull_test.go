package registry

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

func TestX5_WhatThisMachineCannotRunIsRefused(t *testing.T) {
	t.Parallel()
	r := serve(t, Settings{})
	image := r.image()
	foreign, err := mutate.ConfigFile(image, config(t, image, "plan9", "mips"))
	if err != nil {
		t.Fatal(err)
	}
	r.push("foreign", foreign)
	if _, err := r.Pull(t.Context(), "foreign"); err == nil || !strings.Contains(err.Error(), "it is for plan9/mips") {
		t.Errorf("the error is %v", err)
	}
	index := mutate.AppendManifests(empty.Index,
		mutate.IndexAddendum{Add: foreign, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "plan9", Architecture: "mips"}}})
	if err := remote.WriteIndex(r.tag("foreigners"), index); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Pull(t.Context(), "foreigners"); err == nil || !strings.Contains(err.Error(), "build it for that too") {
		t.Errorf("the error is %v", err)
	}
	both := mutate.AppendManifests(index,
		mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: runtime.GOOS, Architecture: runtime.GOARCH}}})
	if err := remote.WriteIndex(r.tag("both"), both); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Pull(t.Context(), digest(t, both)); err != nil || digest(t, got) != digest(t, image) {
		t.Errorf("of both it takes %v, %v", got, err)
	}
	for _, missing := range []string{"v7", "sha256:" + strings.Repeat("0", 64)} {
		if _, err := r.Pull(t.Context(), missing); !errors.Is(err, ErrNoImage) {
			t.Errorf("%s: %v", missing, err)
		}
	}
	if _, err := r.Pull(t.Context(), "no tag"); err == nil || !strings.Contains(err.Error(), "neither a digest nor a tag") {
		t.Errorf("the error is %v", err)
	}
}
