package feed

import (
	"strconv"

	"catalog/api/catalog"
)

// The values that a product has. Each answers nothing where the value is of
// another type, which is a fault at the pointer.

// string reads a string; null is "".
func (c *cursor) string(pointer string) string {
	switch {
	case c.peek() == '"':
		return c.quoted()
	case c.null():
	default:
		c.mismatch(pointer, "a string")
	}
	return ""
}

// strings reads an array of strings; null is nil.
func (c *cursor) strings(pointer string) (all []string) {
	if c.null() {
		return nil
	}
	if c.peek() != '[' {
		c.mismatch(pointer, "an array of strings")
		return nil
	}
	all = []string{}
	c.elements(func(i int) {
		if c.peek() != '"' {
			c.mismatch(pointer+"/"+strconv.Itoa(i), "a string")
			return
		}
		all = append(all, c.quoted())
	})
	return all
}

// pairs reads an object of strings; null is nil.
func (c *cursor) pairs(pointer string) map[string]string {
	if c.null() {
		return nil
	}
	if c.peek() != '{' {
		c.mismatch(pointer, "an object of strings")
		return nil
	}
	all := map[string]string{}
	c.members(func(name string) {
		if c.peek() != '"' {
			c.mismatch(pointer+"/"+catalog.PointerToken(name), "a string")
			return
		}
		if _, twice := all[name]; twice {
			c.fault.add(pointer+"/"+catalog.PointerToken(name), "is there twice: keep one")
		}
		all[name] = c.quoted()
	})
	return all
}

// optional reads a string; null and "" are nil.
func (c *cursor) optional(pointer string) *string {
	value := c.string(pointer)
	if value == "" {
		return nil
	}
	return &value
}

// stock reads a whole number; null is 0.
func (c *cursor) stock(pointer string) int {
	switch b := c.peek(); {
	case b == '-' || b >= '0' && b <= '9':
		text := c.number()
		n, err := strconv.Atoi(text)
		if err != nil && !c.broken {
			c.fault.add(pointer, "must be a whole number, not %s", text)
		}
		return n
	case c.null():
	default:
		c.mismatch(pointer, "a whole number")
	}
	return 0
}

// price reads an amount and its currency; null is not priced.
func (c *cursor) price() *catalog.Money {
	if c.null() {
		return nil
	}
	if c.peek() != '{' {
		c.mismatch("/price", "an object with an amount and a currency")
		return nil
	}
	money := &catalog.Money{}
	c.members(func(name string) {
		switch name {
		case "amount":
			money.Amount = c.string("/price/amount")
		case "currency":
			money.Currency = c.string("/price/currency")
		default:
			c.fault.add("/price/"+catalog.PointerToken(name), "is not a known field: leave it out")
			c.skip(0)
		}
	})
	return money
}
