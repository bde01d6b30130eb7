package rest

import (
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"catalog/api/catalog"
)

// holding is what an answer of a list depends on: aspects of all products, and
// the products that it holds.
type holding struct {
	aspects catalog.Aspects
	slots   []uint16 // of its products, in changes
}

// slotOf is where a product's changes are counted. Others may share it: their
// changes end what depends on this one too, which costs a load and no more.
func slotOf(id string) uint16 { return uint16(xxhash.Sum64String(id)) }

// categoriesHold is what answers of categories depend on: their counts change
// with where products are.
var categoriesHold = &holding{aspects: catalog.Placed}

// bytes is what it takes.
func (h *holding) bytes() int {
	if h == nil {
		return 0
	}
	return 2*len(h.slots) + 32
}

// changes tell when what last changed, in the sequence of all changes.
type changes struct {
	all     atomic.Uint64    // of every product
	aspects [8]atomic.Uint64 // by the bit of an aspect
	slots   [1 << 16]atomic.Uint64
}

func (c *changes) add(what catalog.Change, sequence uint64) {
	for bit := range c.aspects {
		if what.Aspects&(1<<bit) != 0 {
			c.aspects[bit].Store(sequence)
		}
	}
	for _, id := range what.IDs {
		c.slots[slotOf(id)].Store(sequence)
	}
	if what.All {
		c.all.Store(sequence)
	}
}

// holdProduct says the same of a product's answer, by its id.
func (c *changes) holdProduct(k kept) bool {
	return c.slots[slotOf(k.key)].Load() <= k.sequence && c.all.Load() <= k.sequence
}

// hold says whether nothing that a kept list depends on has changed since it
// was loaded.
func (c *changes) hold(k kept) bool {
	of := k.of
	if of == nil {
		of = &holding{aspects: catalog.AllAspects}
	}
	for bit := range c.aspects {
		if of.aspects&(1<<bit) != 0 && c.aspects[bit].Load() > k.sequence {
			return false
		}
	}
	for _, slot := range of.slots {
		if c.slots[slot].Load() > k.sequence {
			return false
		}
	}
	return true
}
