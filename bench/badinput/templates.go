package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"catalog/contract"
	"catalog/local"
)

// assemblyOf is a small project's: the registry and the catalog.
const assemblyOf = "cmd/catalogctl/testdata"

// templates gives the local place assemblies that nobody synthesized, and lets
// it plan them. Its state folder lies below a file, so that nothing can start.
func (r *run) templates(context.Context) error {
	files := map[string]any{}
	for _, name := range []string{"manifest.json", "registry.template.json", "stack.template.json"} {
		content, err := os.ReadFile(filepath.Join(assemblyOf, name))
		if err != nil {
			return err
		}
		var document any
		if err := json.Unmarshal(content, &document); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		files[name] = document
	}
	blocker := filepath.Join(r.dir, "no-folder")
	if err := os.WriteFile(blocker, nil, 0o600); err != nil {
		return err
	}
	dir := filepath.Join(r.dir, "assembly")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	a := r.area("assemblies and templates, read and planned")
	c := r.chance(2)
	names := []string{"manifest.json", "registry.template.json", "stack.template.json", "stack.template.json"}
	for range 5000 {
		broken := pick(c, names)
		var input []byte
		for name, document := range files {
			content := render(nil, document)
			if name == broken {
				content = mutated(c, document)
				if c.IntN(4) > 0 { // still JSON, so that more than the parser reads it
					content = render(nil, onlyValid(changed(c, changed(c, document))))
				}
				input = content
			}
			if name == "manifest.json" && strings.Contains(string(content), "..") {
				content = []byte("{}") // it stays in its folder
			}
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				return err
			}
		}
		a.guarded(input, func() error { return plan(dir, filepath.Join(blocker, "state")) })
	}
	return nil
}

// plan reads an assembly and plans it; a plan that is good is stopped by the
// state folder that cannot be.
func plan(dir, state string) error {
	assembly, err := local.ReadAssembly(dir)
	if err != nil {
		return err
	}
	e, err := local.Up(context.Background(), assembly, local.Options{StateDir: state, Parameters: map[string]string{
		contract.ParamImageDigest: "sha256:" + strings.Repeat("0", 64), contract.ParamInitialDeployment: "true",
		contract.ParamDatabaseSecretARN: local.SecretARN("ap-southeast-2", "a"), contract.ParamAPISecretARN: local.SecretARN("ap-southeast-2", "b"),
	}})
	if e != nil {
		return errors.Join(errors.New("something was started"), e.Down(context.Background()))
	}
	if err != nil && strings.Contains(err.Error(), filepath.Dir(state)) {
		return nil // it was planned
	}
	return err
}

// onlyValid takes out what is no JSON.
func onlyValid(v any) any {
	switch v := v.(type) {
	case raw:
		return "raw"
	case map[string]any:
		for name, item := range v {
			v[name] = onlyValid(item)
		}
	case []any:
		for i, item := range v {
			v[i] = onlyValid(item)
		}
	}
	return v
}
