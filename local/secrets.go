package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// secretStore is Secrets Manager on this machine: a JSON file per secret that
// only its owner can read.
type secretStore struct {
	dir string
	mu  sync.Mutex
}

// arnSuffix stands for the six random characters at the end of a secret's ARN.
const arnSuffix = "-LOCAL0"

func openSecrets(stateDir string) (*secretStore, error) {
	s := &secretStore{dir: filepath.Join(stateDir, secretsDir)}
	if err := checkStateOwner(os.Geteuid(), stateDir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(stateDir, openDir); err != nil {
		return nil, fmt.Errorf("the state folder cannot be made: %w", err)
	}
	if err := os.MkdirAll(s.dir, privateDir); err != nil {
		return nil, fmt.Errorf("the folder of secrets cannot be made: %w", err)
	}
	return s, nil
}

// CreateSecret creates a secret as an operator would before the stack. One
// that exists is left as it is.
func CreateSecret(stateDir, name string, values map[string]string) error {
	s, err := openSecrets(stateDir)
	if err != nil {
		return err
	}
	if _, err := os.Stat(s.file(name)); err == nil {
		return nil
	}
	return s.write(name, values)
}

// ReadSecret answers one key of an environment's secret.
func ReadSecret(stateDir, name, key string) (string, error) {
	return (&secretStore{dir: filepath.Join(stateDir, secretsDir)}).value(name, key)
}

func (s *secretStore) file(name string) string { return filepath.Join(s.dir, name+".json") }

// value answers one key of a secret, by the secret's name or its ARN with or
// without the random suffix.
func (s *secretStore) value(id, key string) (string, error) {
	values, err := s.read(id)
	if err != nil {
		return "", err
	}
	value, ok := values[key]
	if !ok {
		return "", fmt.Errorf("secret %s has no key %q: it has %s", secretName(id), key,
			strings.Join(slices.Sorted(maps.Keys(values)), ", "))
	}
	return value, nil
}

// text answers one key of a secret or, without a key, the whole as JSON.
func (s *secretStore) text(id, key string) (string, error) {
	if key != "" {
		return s.value(id, key)
	}
	values, err := s.read(id)
	if err != nil {
		return "", err
	}
	content, err := json.Marshal(values)
	return string(content), err
}

func (s *secretStore) read(id string) (map[string]string, error) {
	name := secretName(id)
	if strings.ContainsAny(name, `/\`) || name == "" {
		return nil, fmt.Errorf("%q names no secret", id)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	content, err := os.ReadFile(s.file(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("secret %s does not exist: the stack looks it up and never creates it", name)
	}
	if err != nil {
		return nil, err
	}
	var values map[string]string
	if err := json.Unmarshal(content, &values); err != nil {
		return nil, fmt.Errorf("secret %s is not a JSON object of strings", name)
	}
	return values, nil
}

// write replaces a secret's file as a whole, so that a full disk or a kill
// leaves the old one.
func (s *secretStore) write(name string, values map[string]string) error {
	content, err := json.MarshalIndent(values, "", "  ")
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	temporary, err := os.CreateTemp(s.dir, name+".*") // mode 0600
	if err != nil {
		return fmt.Errorf("secret %s cannot be written: %w", name, err)
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(append(content, '\n'))
	if err = errors.Join(err, temporary.Close()); err != nil {
		return fmt.Errorf("secret %s cannot be written: %w", name, err)
	}
	return os.Rename(temporary.Name(), s.file(name))
}

// secretName takes the name out of an ARN; a plain name is one already.
func secretName(id string) string {
	if _, name, ok := strings.Cut(id, ":secret:"); ok {
		id = name
	}
	return strings.TrimSuffix(id, arnSuffix)
}

// secretAttachment writes a database's address into an existing secret, as
// AWS::SecretsManager::SecretTargetAttachment does.
type secretAttachment struct {
	declared
	environment *Environment
	secrets     *secretStore
	secret      string
	target      *database
}

func newSecretAttachment(e *Environment, d declared) (runner, error) {
	var p struct{ SecretId, TargetId, TargetType string }
	if err := d.decode(&p); err != nil {
		return nil, err
	}
	target, err := find[*database](e, p.TargetId)
	if err != nil {
		return nil, err
	}
	return &secretAttachment{declared: d, environment: e, secrets: e.secrets, secret: secretName(p.SecretId), target: target}, nil
}

func (a *secretAttachment) start(context.Context) error {
	values, err := a.secrets.read(a.secret)
	if err != nil {
		return err
	}
	maps.Copy(values, a.target.connection())
	return a.secrets.write(a.secret, values)
}

// update takes a target that was replaced.
func (a *secretAttachment) update(ctx context.Context, d declared) error {
	made, err := newSecretAttachment(a.environment, d)
	if err != nil {
		return err
	}
	return made.start(ctx)
}

func (a *secretAttachment) stop(context.Context) error { return nil }

func (a *secretAttachment) ref() string {
	return a.arn("secretsmanager", "secret:"+a.secret+arnSuffix)
}

func (a *secretAttachment) attribute(string) (string, bool) { return "", false }

// SecretARN is the whole ARN of a secret of this place in a region.
func SecretARN(region, name string) string {
	return "arn:aws:secretsmanager:" + region + ":" + accountID + ":secret:" + name + arnSuffix
}
