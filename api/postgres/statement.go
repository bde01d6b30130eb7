package postgres

import (
	"slices"
	"strings"
)

// maxSummary keeps a span's name short, whatever the statement is.
const maxSummary = 64

// targeted are the operations of which the table is looked for, introducing
// are the words that stand before it.
var (
	targeted    = []string{"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "LOCK", "TRUNCATE"}
	introducing = []string{"FROM", "INTO", "UPDATE", "TABLE"}
)

// summary says what a statement does and to which table: "SELECT", "product".
func summary(sql string) (operation, table string) {
	words := outside(sql)
	is := func(of []string) func(string) bool {
		return func(word string) bool { return slices.Contains(of, strings.ToUpper(word)) }
	}
	if len(words) > 0 && strings.EqualFold(words[0], "WITH") {
		words = words[max(0, slices.IndexFunc(words, is(targeted))):]
	}
	if len(words) == 0 {
		return "", ""
	}
	operation = cut(strings.ToUpper(words[0]))
	if !slices.Contains(targeted, operation) {
		return operation, ""
	}
	i := slices.IndexFunc(words, is(introducing))
	if i < 0 {
		return operation, ""
	}
	words = words[i+1:]
	for len(words) > 0 && is([]string{"ONLY"})(words[0]) {
		words = words[1:]
	}
	if len(words) == 0 || words[0] == inParentheses { // a subquery
		return operation, ""
	}
	return operation, cut(strings.ReplaceAll(words[0], `"`, ""))
}

func cut(word string) string {
	return strings.ToValidUTF8(word[:min(len(word), maxSummary)], "")
}

// inParentheses stands for whatever is in them.
const inParentheses = "()"

// outside are a statement's words without what is in parentheses, which are
// the queries of a WITH and others that are not the statement's own, and
// without comments and literals: a name holds no value.
func outside(sql string) []string {
	var kept strings.Builder
	depth := 0
	for sql != "" {
		c := sql[0]
		switch {
		case strings.HasPrefix(sql, "--"):
			_, sql, _ = strings.Cut(sql, "\n")
			kept.WriteByte(' ')
			continue
		case strings.HasPrefix(sql, "/*"):
			_, sql, _ = strings.Cut(sql[2:], "*/")
			kept.WriteByte(' ')
			continue
		case c == '\'':
			_, sql, _ = strings.Cut(sql[1:], "'")
			continue
		case c == '(':
			if depth++; depth == 1 {
				kept.WriteString(" " + inParentheses + " ")
			}
		case c == ')':
			depth--
		case c == ',' || c == ';':
			kept.WriteByte(' ')
		case depth == 0:
			kept.WriteByte(c)
		}
		sql = sql[1:]
	}
	return strings.Fields(kept.String())
}
