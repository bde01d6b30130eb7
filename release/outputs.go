package release

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Outputs are the stacks' outputs, flat: {"AlbDnsName": "…", …}.
type Outputs map[string]string

// ReadOutputs reads an outputs file.
func ReadOutputs(path string) (Outputs, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var o Outputs
	if err := json.Unmarshal(content, &o); err != nil {
		return nil, fmt.Errorf("%s is not a flat JSON object: %w", path, err)
	}
	return o, nil
}

// Write replaces the file as a whole, so that a reader never sees half of it.
func (o Outputs) Write(path string) error {
	content, err := o.encode()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("the folder of the outputs cannot be made: %w", err)
	}
	temporary := path + ".new"
	if err := os.WriteFile(temporary, content, 0o644); err != nil {
		return fmt.Errorf("the outputs cannot be written: %w", err)
	}
	return os.Rename(temporary, path)
}

// Remove takes the file away when it still holds these outputs: another
// environment may have written its own since.
func (o Outputs) Remove(path string) error {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	mine, err := o.encode()
	if err != nil || !bytes.Equal(content, mine) {
		return err
	}
	return os.Remove(path)
}

func (o Outputs) encode() ([]byte, error) {
	content, err := json.MarshalIndent(o, "", "  ")
	return append(content, '\n'), err
}
