package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"catalog/contract"
	"catalog/local"
)

// deploy releases a changed template, as catalogctl up does from a checkout
// that was changed.
func deploy(ctx context.Context, e *environment, s *stage) error {
	assembly, err := e.changedAssembly(ctx, filepath.Join(e.dir, "release"), map[string]string{contract.EnvLogLevel: "debug"})
	if err != nil {
		return err
	}
	digest := e.movableImage // the drill of the clock follows, and needs it
	if digest == "" {
		if digest, err = e.digestThatRuns(ctx); err != nil {
			return err
		}
	}
	s.fault()
	if err := e.update(ctx, assembly, digest, s); err != nil {
		return err
	}
	if e.movable = e.movableImage != ""; e.movable {
		s.note("its API is the one whose clock the next drill moves")
	}
	s.lift()
	return nil
}

// rollBack releases what ran before.
func rollBack(ctx context.Context, e *environment, s *stage) error {
	var shifted time.Time
	if err := e.client.Rollback(ctx, func(event local.Event) { shifted = shiftOf(event, shifted) }); err != nil {
		return err
	}
	s.note("traffic shifted %s after the request", seconds(since(s.begun, shifted)))
	s.lift()
	return nil
}

// shiftOf notes when the traffic goes to the other colour.
func shiftOf(event local.Event, before time.Time) time.Time {
	if event.Status == local.StageProductionShift {
		return time.Now()
	}
	return before
}

// update brings a release to the environment.
func (e *environment) update(ctx context.Context, assembly, digest string, s *stage) error {
	read, err := local.ReadAssembly(assembly)
	if err != nil {
		return err
	}
	region := read.Stacks[0].Region
	var shifted time.Time
	err = e.client.Update(ctx, local.UpdateRequest{Assembly: assembly, Parameters: map[string]string{
		contract.ParamImageDigest:       digest,
		contract.ParamInitialDeployment: "true",
		contract.ParamDatabaseSecretARN: local.SecretARN(region, contract.DBSecretName(suffix)),
		contract.ParamAPISecretARN:      local.SecretARN(region, contract.APISecretName(suffix)),
	}}, func(event local.Event) { shifted = shiftOf(event, shifted) })
	if err == nil && s != nil {
		s.note("traffic shifted %s after the request", seconds(since(s.begun, shifted)))
	}
	return err
}

// changedAssembly copies the cloud assembly that runs, with other values of
// some variables of the API's container.
func (e *environment) changedAssembly(ctx context.Context, to string, variables map[string]string) (string, error) {
	from, err := e.project.Synthesize(ctx, map[string]string{"environmentSuffix": suffix}, func(string) {})
	if err != nil {
		return "", err
	}
	if err := os.CopyFS(to, os.DirFS(from.Dir)); err != nil {
		return "", fmt.Errorf("the cloud assembly cannot be copied: %w", err)
	}
	path := filepath.Join(to, contract.CatalogStackName(suffix)+".template.json")
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var template any
	if err := json.Unmarshal(content, &template); err != nil {
		return "", err
	}
	if changed := setVariables(template, variables); changed == 0 {
		return "", fmt.Errorf("the template has none of the variables that the release is to change: %v", variables)
	}
	if content, err = json.Marshal(template); err != nil {
		return "", err
	}
	return to, os.WriteFile(path, content, 0o644)
}

// setVariables gives every {Name, Value} pair with one of the names its value.
func setVariables(node any, values map[string]string) (changed int) {
	switch node := node.(type) {
	case map[string]any:
		name, _ := node["Name"].(string)
		if value, ok := values[name]; ok && node["Value"] != nil {
			node["Value"] = value
			return 1
		}
		for _, child := range node {
			changed += setVariables(child, values)
		}
	case []any:
		for _, child := range node {
			changed += setVariables(child, values)
		}
	}
	return changed
}
