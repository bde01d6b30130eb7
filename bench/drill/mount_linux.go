package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// mountSmall mounts a disk of some MiB, in memory.
func mountSmall(dir string, mib int) error {
	return unix.Mount("drill", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, fmt.Sprintf("size=%dm,mode=0755", mib))
}

func unmount(dir string) error { return unix.Unmount(dir, unix.MNT_DETACH) }
