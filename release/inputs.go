package release

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// hashInputs hashes files and folders of the project, tests left out, by their
// names and contents. An input need not be there.
func (p Project) hashInputs(to hash.Hash, inputs []string) error {
	for _, input := range inputs {
		err := filepath.WalkDir(p.Path(input), func(path string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && path == p.Path(input) {
				return nil
			}
			if err != nil || entry.IsDir() || strings.HasSuffix(path, "_test.go") {
				return err
			}
			relative, err := filepath.Rel(p.Dir, path)
			if err != nil {
				return err
			}
			file, err := os.Open(path)
			if err != nil {
				return err
			}
			defer file.Close()
			content := sha256.New()
			if _, err := io.Copy(content, file); err != nil {
				return err
			}
			fmt.Fprintf(to, "%q %x\n", filepath.ToSlash(relative), content.Sum(nil))
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
