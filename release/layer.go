package release

import (
	"archive/tar"
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/gzip"
)

// imageFile is a file of an image; its name has no slash in front.
type imageFile struct {
	name    string
	mode    int64
	content []byte
}

// layer is a compressed archive of files (OCI Image Format: "Image Layer
// Filesystem Changeset").
type layer struct {
	blob
	diffID v1.Hash // of the archive before its compression
}

// newLayer packs files. Owner, order and time are always the same, so that the
// same files give the same digest on every machine.
func newLayer(files ...imageFile) (layer, error) {
	var archive bytes.Buffer
	writer := tar.NewWriter(&archive)
	var folders []string
	for _, file := range files {
		for _, folder := range parents(file.name) {
			if slices.Contains(folders, folder) {
				continue
			}
			folders = append(folders, folder)
			if err := writer.WriteHeader(header(folder+"/", tar.TypeDir, 0o755, 0)); err != nil {
				return layer{}, err
			}
		}
		err := writer.WriteHeader(header(file.name, tar.TypeReg, file.mode, int64(len(file.content))))
		if err == nil {
			_, err = writer.Write(file.content)
		}
		if err != nil {
			return layer{}, fmt.Errorf("the image's file %s cannot be packed: %w", file.name, err)
		}
	}
	if err := writer.Close(); err != nil {
		return layer{}, err
	}
	diffID, _, err := v1.SHA256(bytes.NewReader(archive.Bytes()))
	if err != nil {
		return layer{}, err
	}
	var packed bytes.Buffer
	compressor := gzip.NewWriter(&packed)
	if _, err := compressor.Write(archive.Bytes()); err != nil {
		return layer{}, err
	}
	if err := compressor.Close(); err != nil {
		return layer{}, err
	}
	return layer{blob: newBlob(types.OCILayer, packed.Bytes()), diffID: diffID}, nil
}

func header(name string, kind byte, mode, size int64) *tar.Header {
	return &tar.Header{Name: name, Typeflag: kind, Mode: mode, Size: size, ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR}
}

// parents are the folders above a file, the outermost first.
func parents(name string) []string {
	var all []string
	for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
		all = append(all, strings.TrimSuffix(folder, "/"))
	}
	slices.Reverse(all)
	return all
}
