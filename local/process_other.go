//go:build !linux

package local

import "syscall"

// endWithParent: only Linux has such a signal.
func endWithParent(*syscall.SysProcAttr, syscall.Signal) {}

// passFolders: only Linux has capabilities.
func passFolders(*syscall.SysProcAttr) {}
