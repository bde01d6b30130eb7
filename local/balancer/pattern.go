package balancer

// matchPattern matches a text against a pattern of an Application Load
// Balancer: * is any run of characters, ? any one, and the pattern covers the
// whole text (AWS: "Condition types for listener rules"). fold compares
// without regard to case, as every condition but path-pattern does.
func matchPattern[T string | []byte](pattern string, text T, fold bool) bool {
	p, s := 0, 0
	star, mark := -1, 0 // the last * and where its run ends
	for s < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, s
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[s] || fold && lower(pattern[p]) == lower(text[s])):
			p++
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

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
