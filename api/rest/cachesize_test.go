package rest_test

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
)

// kept is how many of these paths are answered from memory.
func kept(d *direct, store *memoryStore, paths []string) (n int) {
	synctest.Wait() // what is too much goes in the background
	for _, path := range paths {
		before := store.askedFor()
		d.get(path)
		if store.askedFor() == before {
			n++
		}
	}
	return n
}

// TestCacheIsBounded whatever is asked for: many names, long ones, and many
// codings.
func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	const size = 256 << 10
	t.Run("names", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			store := &memoryStore{}
			d := keeping(t, store, size)
			var paths []string
			for i := range 1000 {
				paths = append(paths, fmt.Sprint("/api/v1/products?brand=", i))
			}
			kept(d, store, paths)
			if n := kept(d, store, paths); n < 1 || n > size/350 {
				t.Errorf("%d empty lists are kept in %d bytes", n, size)
			}
		})
	})
	t.Run("long names", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			store := &memoryStore{}
			d := keeping(t, store, size)
			var paths []string
			for i := range 200 {
				paths = append(paths, fmt.Sprint("/api/v1/products?brand=", strings.Repeat("x", 8000), i))
			}
			kept(d, store, paths)
			if n := kept(d, store, paths); n > size/8000 {
				t.Errorf("%d lists with names of 8000 bytes are kept in %d bytes", n, size)
			}
		})
	})
	t.Run("codings", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			store := &memoryStore{}
			d := keeping(t, store, size)
			random := rand.NewChaCha8([32]byte{})
			noise := make([]byte, 5000)
			var paths []string
			for i := range 20 {
				random.Read(noise)
				path := d.create(fmt.Sprintf(`{"sku":"%d","name":"P","description":%q}`, i, hex.EncodeToString(noise)))
				paths = append(paths, path)
			}
			kept(d, store, paths)
			if n := kept(d, store, paths); n != 20 {
				t.Errorf("%d of 20 products of 10 KB are kept in %d bytes", n, size)
			}
			for _, path := range paths {
				d.ask("GET", path, "", "Accept-Encoding", "gzip") // half of it, as random as it is
			}
			if n := kept(d, store, paths); n < 1 || n > size/15_000 {
				t.Errorf("%d of 20 products of 10 KB and a coding of 5 KB are kept in %d bytes", n, size)
			}
		})
	})
}
