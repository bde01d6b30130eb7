package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/mattn/go-isatty"
)

func isTerminal(file *os.File) bool { return file != nil && isatty.IsTerminal(file.Fd()) }

// askFor reads one line. Nobody there to answer is an empty answer.
func askFor(stdin *os.File, t *talk, question string) (string, error) {
	t.mu.Lock()
	fmt.Fprint(t.w, question)
	t.mu.Unlock()
	line, err := bufio.NewReader(stdin).ReadString('\n')
	if err != nil && line == "" {
		return "", err
	}
	return strings.TrimSpace(line), nil
}

// isExit says whether an error has an exit code of its own already.
func isExit(err error) bool {
	var exit *exitError
	return errors.As(err, &exit)
}

// shown is a path as a reader in the working directory knows it.
func shown(path string) string {
	if dir, err := os.Getwd(); err == nil {
		if relative, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(relative) {
			return relative
		}
	}
	return path
}
