package release

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// What stays in a folder of the cache: the newest entries, and whatever was
// used within a week, since an environment may run from it.
const (
	keptInCache = 8
	keptFor     = 7 * 24 * time.Hour
)

// markUsed makes an entry the newest one.
func markUsed(path string) error {
	now := time.Now()
	return os.Chtimes(path, now, now)
}

// prune removes what is neither new nor in use; names with a dot in front are
// under construction.
func prune(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	type aged struct {
		name string
		used time.Time
	}
	var all []aged
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && !strings.HasPrefix(entry.Name(), ".") {
			all = append(all, aged{entry.Name(), info.ModTime()})
		}
	}
	slices.SortFunc(all, func(a, b aged) int { return cmp.Compare(b.used.UnixNano(), a.used.UnixNano()) })
	for _, old := range all[min(keptInCache, len(all)):] {
		if time.Since(old.used) < keptFor {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, old.name)); err != nil {
			return err
		}
	}
	return nil
}
