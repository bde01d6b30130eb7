package feed

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// quoted consumes a string, whose opening quote is the next byte.
func (c *cursor) quoted() string {
	c.at++
	begin := c.at
	for ; c.at < len(c.text); c.at++ {
		switch b := c.text[c.at]; {
		case b == '"':
			c.at++
			return c.text[begin : c.at-1]
		case b == '\\':
			return c.escaped(begin)
		case b < ' ':
			c.fail(`a control character written as \u00` + strconv.FormatInt(int64(b>>4), 16) + strconv.FormatInt(int64(b&15), 16))
			return ""
		}
	}
	c.fail("a closing quote")
	return ""
}

// escaped goes on with a string at its first backslash.
func (c *cursor) escaped(begin int) string {
	value := []byte(c.text[begin:c.at])
	for c.at < len(c.text) {
		b := c.text[c.at]
		switch {
		case b == '"':
			c.at++
			return string(value)
		case b == '\\':
			value = c.escape(value)
			continue
		case b < ' ':
			c.fail("no control character")
			return ""
		}
		value = append(value, b)
		c.at++
	}
	c.fail("a closing quote")
	return ""
}

// escape appends what an escape stands for. Half of a surrogate pair stands for
// U+FFFD, as in encoding/json.
func (c *cursor) escape(value []byte) []byte {
	const short, meaning = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	c.at++
	if c.at < len(c.text) {
		if i := strings.IndexByte(short, c.text[c.at]); i >= 0 {
			c.at++
			return append(value, meaning[i])
		}
	}
	first, ok := c.unit(c.at - 1)
	if !ok {
		c.fail("an escape of JSON")
		return value
	}
	c.at += len("u0000")
	if utf16.IsSurrogate(first) {
		second, ok := c.unit(c.at)
		if first = utf16.DecodeRune(first, second); ok && first != utf8.RuneError {
			c.at += len(`\u0000`)
		}
	}
	return utf8.AppendRune(value, first)
}

// unit is the UTF-16 code unit that is written as \u0000 at a place.
func (c *cursor) unit(at int) (rune, bool) {
	if at+len(`\u0000`) > len(c.text) || c.text[at:at+2] != `\u` {
		return 0, false
	}
	var n rune
	for _, b := range []byte(c.text[at+2 : at+6]) {
		digit := strings.IndexByte("0123456789abcdef", b|0x20)
		if digit < 0 || b < '0' {
			return 0, false
		}
		n = n<<4 | rune(digit)
	}
	return n, true
}
