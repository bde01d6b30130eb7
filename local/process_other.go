//go:build !linux

package local

import (
	"os/exec"
	"syscall"
)

// endWithParent: only Linux has such a signal.
func endWithParent(*syscall.SysProcAttr, syscall.Signal) {}

// startPassingFolders: only Linux has capabilities.
func startPassingFolders(command *exec.Cmd) error { return command.Start() }
