//go:build !linux

package process

import "errors"

// readProcesses needs /proc.
func readProcesses() ([]one, error) {
	return nil, errors.New("what processes use is read on Linux alone")
}
