package local

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
)

// readGrowing calls line for each whole line of a file that grows, without its
// end, and answers the offset behind the last one: a line that is not whole yet
// is read the next time. After an error the offset says nothing. from chooses where to begin by the file's size. A file
// that is not there has no lines, and 0 is answered.
func readGrowing(path string, from func(size int64) int64, line func([]byte)) (next int64, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	if next, err = file.Seek(from(info.Size()), io.SeekStart); err != nil {
		return 0, err
	}
	lines := bufio.NewReader(file)
	for {
		content, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return next, nil
		}
		if err != nil {
			return 0, err
		}
		next += int64(len(content))
		line(bytes.TrimSuffix(content, []byte("\n")))
	}
}
