package console

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// wordKind sorts the words of a query.
type wordKind int

const (
	wordEnd    wordKind = iota
	wordName            // a command, a field or a keyword
	wordText            // in quotes; its text is without them
	wordQuoted          // a field in backquotes
	wordRegexp          // between slashes; its text is without them
	wordNumber
	wordSign // | ( ) [ ] , = == != =~ < <= > >=
)

// word is one of a query.
type word struct {
	kind wordKind
	text string
	at   int // from 0
}

// is says whether a word is this keyword, in any case, or this sign.
func (w word) is(text string) bool {
	return (w.kind == wordName || w.kind == wordSign) && strings.EqualFold(w.text, text)
}

// String is for errors.
func (w word) String() string {
	if w.kind == wordEnd {
		return "the end"
	}
	return fmt.Sprintf("%q", w.text)
}

var signs = []string{"==", "!=", "=~", "<=", ">=", "|", "(", ")", "[", "]", ",", "=", "<", ">"}

// words cuts a query into words; the last one is wordEnd.
func words(query string) ([]word, error) {
	var all []word
	for at := 0; ; {
		at += spaces(query[at:])
		if at == len(query) {
			return append(all, word{kind: wordEnd, at: at}), nil
		}
		w, length, err := nextWord(query, at)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
		at += length
	}
}

// spaces is how many bytes of white space and comments a text begins with.
func spaces(text string) int {
	at := 0
	for at < len(text) {
		switch c := text[at]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			at++
		case c == '#':
			line, _, _ := strings.Cut(text[at:], "\n")
			at += len(line)
		default:
			return at
		}
	}
	return at
}

func nextWord(query string, at int) (w word, length int, err error) {
	rest := query[at:]
	switch c := rest[0]; {
	case c == '"' || c == '\'':
		return quoted(query, at, wordText)
	case c == '`':
		return quoted(query, at, wordQuoted)
	case c == '/':
		return quoted(query, at, wordRegexp)
	case isNumber(rest):
		length = 1
		for length < len(rest) && (rest[length] >= '0' && rest[length] <= '9' || rest[length] == '.') {
			length++
		}
		return word{wordNumber, rest[:length], at}, length, nil
	}
	for _, sign := range signs {
		if strings.HasPrefix(rest, sign) {
			return word{wordSign, sign, at}, len(sign), nil
		}
	}
	for length < len(rest) && isName(rest[length]) {
		length++
	}
	if length == 0 { // the parser says what it expects instead, as of count(*)
		_, length = utf8.DecodeRuneInString(rest)
		return word{wordSign, rest[:length], at}, length, nil
	}
	return word{wordName, rest[:length], at}, length, nil
}

func isNumber(rest string) bool {
	if rest[0] == '-' {
		rest = rest[1:]
	}
	return rest != "" && rest[0] >= '0' && rest[0] <= '9'
}

// isName says whether a byte belongs to a name (AWS: fields with other
// characters stand in backquotes).
func isName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '@' || c == '_' || c == '.' || c == '-'
}

// quoted reads up to the same sign again. A backslash takes the next byte as it
// is; within a regular expression only a slash, the rest is its own.
func quoted(query string, at int, kind wordKind) (word, int, error) {
	var text strings.Builder
	sign := query[at]
	for i := at + 1; i < len(query); i++ {
		switch c := query[i]; {
		case c == sign:
			return word{kind, text.String(), at}, i + 1 - at, nil
		case c == '\\' && i+1 < len(query) && (kind != wordRegexp || query[i+1] == '/'):
			i++
			text.WriteByte(query[i])
		case c == '\\' && i+1 < len(query): // the two belong together
			text.WriteString(query[i : i+2])
			i++
		default:
			text.WriteByte(c)
		}
	}
	return word{}, 0, &queryError{at + 1, fmt.Sprintf("a %c is opened here and never closed", sign)}
}
