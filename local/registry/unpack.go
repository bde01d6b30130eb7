package registry

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// maxUnpacked is how much an image may hold, in bytes: an archive of nothing
// but zeros is a thousand times smaller than what comes out of it.
const maxUnpacked = 2 << 30

// Unpack writes an image's files into a folder that does not exist, or
// nothing. Owners and special bits are left out: its programs run as whoever
// runs this one. A name that leaves the folder, links and devices are refused
// (OCI Image Format: "Image Layer Filesystem Changeset").
func Unpack(image v1.Image, folder string) (err error) {
	layers, err := image.Layers()
	if err != nil {
		return fmt.Errorf("its layers cannot be listed: %w", err)
	}
	parent := filepath.Dir(folder)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp(parent, ".new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := os.Chmod(work, 0o755); err != nil {
		return err
	}
	left := int64(maxUnpacked)
	for _, layer := range layers {
		if err := unpackLayer(layer, work, &left); err != nil {
			digest, _ := layer.Digest()
			return fmt.Errorf("its layer %s: %w", digest, err)
		}
	}
	err = os.Rename(work, folder)
	if info, statErr := os.Stat(folder); err != nil && statErr == nil && info.IsDir() {
		return nil // another one was faster
	}
	return err
}

func unpackLayer(layer v1.Layer, folder string, left *int64) error {
	archive, err := layer.Uncompressed()
	if err != nil {
		return err
	}
	defer archive.Close()
	if err := unpack(archive, folder, left); err != nil {
		return err
	}
	// What stands behind the archive's end belongs to the digest too.
	_, err = io.Copy(io.Discard, io.LimitReader(archive, maxUnpacked))
	return err
}

// unpack writes what an archive holds over what is in a folder; left is how
// many bytes may follow.
func unpack(archive io.Reader, folder string, left *int64) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	reader := tar.NewReader(archive)
	for {
		header, err := reader.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("it is no archive: %w", err)
		}
		name := path.Clean(strings.TrimPrefix(header.Name, "/"))
		if name == "." {
			continue
		}
		if !filepath.IsLocal(name) {
			return fmt.Errorf("its file %q lies outside of the image", header.Name)
		}
		if *left -= header.Size; *left < 0 {
			return fmt.Errorf("the image holds more than %d bytes", int64(maxUnpacked))
		}
		if err := unpackOne(root, header, name, reader); err != nil {
			return err
		}
	}
}

// Names by which a layer takes away what lies below it (OCI Image Format:
// "Whiteouts").
const (
	whiteout = ".wh."
	opaque   = ".wh..wh..opq"
)

func unpackOne(root *os.Root, header *tar.Header, name string, content io.Reader) error {
	folder, base := path.Split(name)
	if base == opaque {
		return clear(root, path.Clean("./"+folder))
	}
	if gone, ok := strings.CutPrefix(base, whiteout); ok {
		if gone == "" || gone == "." || gone == ".." {
			return fmt.Errorf("its file %q takes nothing away", header.Name)
		}
		return root.RemoveAll(folder + gone)
	}
	if folder != "" {
		if err := root.MkdirAll(path.Clean(folder), 0o755); err != nil {
			return err
		}
	}
	switch header.Typeflag {
	case tar.TypeDir:
		return root.MkdirAll(name, 0o755)
	case tar.TypeReg:
		return writeFile(root, name, fs.FileMode(header.Mode).Perm(), content)
	}
	return fmt.Errorf("its file %q is a link or a device, which the local place does not unpack: build the image without", header.Name)
}

// clear removes what is in a folder.
func clear(root *os.Root, folder string) error {
	entries, err := fs.ReadDir(root.FS(), folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, entry := range entries {
		err = errors.Join(err, root.RemoveAll(path.Join(folder, entry.Name())))
	}
	return err
}

// writeFile writes a file, in place of one that a layer below has. While it is
// open for writing, no process is started: a child that has it open still
// would keep the program from being run ("text file busy").
func writeFile(root *os.Root, name string, mode fs.FileMode, content io.Reader) error {
	if err := root.RemoveAll(name); err != nil {
		return err
	}
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode|0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(file, content); err != nil {
		return errors.Join(err, file.Close())
	}
	return file.Close()
}
