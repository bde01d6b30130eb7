//go:build !linux

package process

import (
	"os/exec"
	"syscall"
)

// endWithParent: only Linux has such a signal.
func endWithParent(*syscall.SysProcAttr, syscall.Signal) {}

// startPassingFolders: only Linux has capabilities.
func startPassingFolders(command *exec.Cmd) error { return command.Start() }

// awaitExit: only Linux waits for a child without reaping it.
func awaitExit(int) (unreaped bool) { return false }
