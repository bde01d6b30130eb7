package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// Owner answers whom a file or folder belongs to; a link is not followed.
func Owner(path string) (uid, gid uint32, err error) {
	info, err := os.Lstat(path)
	if err != nil {
		return 0, 0, err
	}
	stat := info.Sys().(*syscall.Stat_t)
	return stat.Uid, stat.Gid, nil
}

// CheckOwner refuses files and folders of another user than the one with the
// number, as whom they could neither be written nor, often, be read. Root may
// use anybody's; what does not exist is nobody's.
func CheckOwner(uid int, paths ...string) error {
	if uid == 0 {
		return nil
	}
	for _, path := range paths {
		owner, _, err := Owner(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if int(owner) != uid {
			return fmt.Errorf("%s belongs to %s and this program runs as %s: run it as the owner or as root, or remove %s",
				path, userName(int(owner)), userName(uid), path)
		}
	}
	return nil
}

func userName(uid int) string {
	number := strconv.Itoa(uid)
	if known, err := user.LookupId(number); err == nil {
		return known.Username + " (uid " + number + ")"
	}
	return "uid " + number
}
