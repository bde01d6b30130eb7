//go:build !linux

package main

import "errors"

func mountSmall(string, int) error { return errors.New("only Linux mounts one in memory") }

func unmount(string) error { return nil }
