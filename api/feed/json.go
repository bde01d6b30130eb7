package feed

import "strings"

// cursor reads a JSON text (RFC 8259) value by value. What is of another type
// than asked for is a fault of its own and passed over, so that the rest can be
// read; what is not JSON ends the reading. Strings without escapes share the
// text's memory: encoding/json would copy each, and not say where a fault is.
type cursor struct {
	text   string
	at     int
	root   string // points to the text as a whole
	fault  *fault
	broken bool // it is not JSON, and that has been said
}

// maxDepth bounds how deep values are nested that nobody asked for.
const maxDepth = 100

func (c *cursor) fail(expected string) {
	if c.broken {
		return
	}
	c.broken = true
	if c.at >= len(c.text) {
		c.fault.add(c.root, "is not JSON: it ends where %s is expected", expected)
	} else {
		c.fault.add(c.root, "is not JSON: at byte %d, %s is expected", c.at+1, expected)
	}
	c.at = len(c.text)
}

// peek is the next byte that is no white space, 0 at the end.
func (c *cursor) peek() byte {
	for ; c.at < len(c.text); c.at++ {
		switch b := c.text[c.at]; b {
		case ' ', '\t', '\r', '\n':
		default:
			return b
		}
	}
	return 0
}

// eat consumes a byte, if it is the next one.
func (c *cursor) eat(b byte) bool {
	if c.peek() != b || c.at >= len(c.text) {
		return false
	}
	c.at++
	return true
}

// end must be the end of the text.
func (c *cursor) end() {
	if c.peek(); !c.broken && c.at < len(c.text) {
		c.fail("the end")
	}
}

// members calls f with the cursor at each member's value, which f consumes.
func (c *cursor) members(f func(name string)) {
	c.at++ // the brace
	if c.eat('}') {
		return
	}
	for !c.broken {
		if c.peek() != '"' {
			c.fail("a member's name in quotes")
			return
		}
		name := c.quoted()
		if !c.eat(':') {
			c.fail("a colon")
			return
		}
		if f(name); c.eat('}') {
			return
		}
		if !c.eat(',') {
			c.fail("a comma or a closing brace")
		}
	}
}

// elements calls f with the cursor at each element, which f consumes.
func (c *cursor) elements(f func(i int)) {
	c.at++ // the bracket
	if c.eat(']') {
		return
	}
	for i := 0; !c.broken; i++ {
		if f(i); c.eat(']') {
			return
		}
		if !c.eat(',') {
			c.fail("a comma or a closing bracket")
		}
	}
}

// skip passes over a value.
func (c *cursor) skip(depth int) {
	switch b := c.peek(); {
	case depth > maxDepth:
		c.fail("less than 100 levels of nesting")
	case b == '{':
		c.members(func(string) { c.skip(depth + 1) })
	case b == '[':
		c.elements(func(int) { c.skip(depth + 1) })
	case b == '"':
		c.quoted()
	case b == '-' || b >= '0' && b <= '9':
		c.number()
	default:
		for _, word := range []string{"null", "true", "false"} {
			if strings.HasPrefix(c.text[c.at:], word) {
				c.at += len(word)
				return
			}
		}
		c.fail("a value")
	}
}

// null passes over a null, if it is the next value.
func (c *cursor) null() bool {
	if c.peek() == 'n' && strings.HasPrefix(c.text[c.at:], "null") {
		c.at += len("null")
		return true
	}
	return false
}

// mismatch says that a value is of another type and passes over it.
func (c *cursor) mismatch(pointer, want string) {
	kind := "true or false"
	switch b := c.peek(); {
	case b == '{':
		kind = "an object"
	case b == '[':
		kind = "an array"
	case b == '"':
		kind = "a string"
	case b == '-' || b >= '0' && b <= '9':
		kind = "a number"
	case b == 'n':
		kind = "null"
	}
	if c.skip(0); !c.broken {
		c.fault.add(pointer, "must be %s, not %s", want, kind)
	}
}

// number consumes a number and answers its text.
func (c *cursor) number() string {
	begin := c.at
	c.eatIf("-")
	if !c.eatIf("0") && !c.digits() {
		return ""
	}
	if c.eatIf(".") && !c.digits() {
		return ""
	}
	if c.eatIf("eE") {
		c.eatIf("+-")
		if !c.digits() {
			return ""
		}
	}
	return c.text[begin:c.at]
}

func (c *cursor) eatIf(anyOf string) bool {
	if c.at < len(c.text) && strings.IndexByte(anyOf, c.text[c.at]) >= 0 {
		c.at++
		return true
	}
	return false
}

func (c *cursor) digits() bool {
	begin := c.at
	for c.eatIf("0123456789") {
	}
	if c.at == begin {
		c.fail("a digit")
	}
	return c.at > begin
}
