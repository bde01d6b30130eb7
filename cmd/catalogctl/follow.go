package main

import (
	"context"
	"time"
)

// followPause is how often what grows is looked at.
const followPause = 200 * time.Millisecond

// follow prints what there is and, where it is asked to go on, what is new
// until ctx ends: Ctrl-C is how following ends.
func follow[T any](ctx context.Context, found []T, goOn bool, read func() ([]T, error), print func(T) error) error {
	for {
		for _, one := range found {
			if err := print(one); err != nil {
				return err
			}
		}
		if !goOn {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followPause):
		}
		var err error
		if found, err = read(); err != nil {
			return err
		}
	}
}
