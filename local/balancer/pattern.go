package balancer

// matchPattern matches a text against a pattern of an Application Load
// Balancer: * is any run of characters, ? any one, \* and \? are these two
// themselves, and the pattern covers the whole text (AWS: "Condition types for
// listener rules", which has the backslash for query-string alone). fold
// compares without regard to case, as every condition but path-pattern does.
func matchPattern[T string | []byte](pattern string, text T, fold bool) bool {
	p, s := 0, 0
	star, mark := -1, 0 // the last * and where its run ends
	for s < len(text) {
		width := matchOne(pattern[p:], text[s], fold)
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, s
			p++
		case width > 0:
			p += width
			s++
		case star >= 0: // the last * takes one more character
			mark++
			p, s = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// matchOne answers how long the beginning of a pattern is that stands for one
// character and matches it; 0 where it does not.
func matchOne(pattern string, c byte, fold bool) int {
	if pattern == "" {
		return 0
	}
	one, width := pattern[0], 1
	if one == '?' {
		return 1
	}
	if one == '\\' && len(pattern) > 1 && (pattern[1] == '*' || pattern[1] == '?') {
		one, width = pattern[1], 2
	}
	if one == c || fold && lower(one) == lower(c) {
		return width
	}
	return 0
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
