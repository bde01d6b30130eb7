package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"catalog/contract"
	"catalog/local"
)

func cleanCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "clean",
		Short: "Remove the data of every environment on this machine that does not run",
		Long: `Removes the database, secrets and logs of every environment that does not run, and the cache of templates and
images. An environment that runs keeps everything.`,
		Example: "  catalogctl clean",
		Args:    noArguments,
		RunE:    func(*cobra.Command, []string) error { return clean(newTalk(os.Stderr)) },
	}
}

func clean(t *talk) error {
	project, err := here()
	if err != nil {
		return err
	}
	folders, err := filepath.Glob(project.StateDir("*"))
	if err != nil {
		return err
	}
	running := 0
	for _, folder := range folders {
		switch suffix := filepath.Base(folder); {
		case !contract.ValidSuffix(suffix):
		case local.IsRunning(folder):
			running++
			t.say("%s %s runs and is left as it is", t.paint(yellow, "•"), suffix)
		default:
			if err := errors.Join(local.Discard(folder), dropOutputs(project, suffix)); err != nil {
				return err
			}
			t.say("%s %s removed", t.paint(green, "✓"), suffix)
		}
	}
	if running > 0 {
		return nil // its tasks run from the cache
	}
	return project.RemoveCache()
}
