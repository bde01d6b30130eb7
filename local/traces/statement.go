package traces

import "strings"

// withoutValues puts a question mark in the place of every literal of a
// statement, as PostgreSQL reads it (its document: "Lexical Structure"), and a
// space in the place of every comment. What it cannot make out, such as a text
// without an end, is taken for a literal to the end of the statement.
func withoutValues(sql string) string {
	var b strings.Builder
	for i := 0; i < len(sql) && b.Len() < maxText; {
		if length, instead := hidden(sql[i:], i == 0 || !isNamePart(sql[i-1])); length > 0 {
			b.WriteString(instead)
			i += length
			continue
		}
		b.WriteByte(sql[i])
		i++
	}
	return clip(b.String())
}

// hidden answers how long the literal or comment is that a text begins with,
// and what stands in its place; 0 where it begins with none. word says that a
// word may begin here.
func hidden(sql string, word bool) (length int, instead string) {
	c := sql[0]
	switch {
	case c == '\'':
		return quoted(sql, false), "?"
	case word && (c == 'E' || c == 'e') && strings.HasPrefix(sql[1:], "'"):
		return 1 + quoted(sql[1:], true), "?"
	case word && c == '$':
		return dollarQuoted(sql), "?"
	case word && isDigit(c):
		for length < len(sql) && (isNamePart(sql[length]) || sql[length] == '.') {
			length++
		}
		return length, "?"
	case c == '"': // a name, whose quotes open no text
		length = quoted(sql, false)
		return length, strings.ReplaceAll(sql[:length], "'", "")
	case strings.HasPrefix(sql, "--"):
		return until(sql, "\n"), " "
	case strings.HasPrefix(sql, "/*"):
		return comment(sql), " "
	}
	return 0, ""
}

// quoted is how long the text is that begins with a quote. Two quotes within it
// are a quote; where backslashes count, so is one behind a backslash.
func quoted(sql string, backslashes bool) int {
	for i := 1; i < len(sql); i++ {
		switch {
		case sql[i] == '\\' && backslashes:
			i++
		case sql[i] != sql[0]:
		case i+1 < len(sql) && sql[i+1] == sql[0]:
			i++
		default:
			return i + 1
		}
	}
	return len(sql)
}

// dollarQuoted is how long the text $tag$…$tag$ is; 0 for a parameter like $1.
func dollarQuoted(sql string) int {
	end := 1
	for end < len(sql) && sql[end] != '$' && isNamePart(sql[end]) {
		end++
	}
	if end == len(sql) || sql[end] != '$' || isDigit(sql[1]) {
		return 0
	}
	mark := sql[:end+1]
	return len(mark) + until(sql[len(mark):], mark)
}

// comment is how long a comment is, with those that are nested in it.
func comment(sql string) int {
	depth := 0
	for i := 0; i+1 < len(sql); i++ {
		switch sql[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(sql)
}

// until is how far it is to the end of a mark, or of the text without one.
func until(text, mark string) int {
	if at := strings.Index(text, mark); at >= 0 {
		return at + len(mark)
	}
	return len(text)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isNamePart says whether a digit after c belongs to a name or a parameter,
// as in table1 and $1.
func isNamePart(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$' || c >= 0x80
}
