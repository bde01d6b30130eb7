package metrics

import (
	"fmt"
	"strconv"
	"strings"
)

// mathError is trouble at a character, counted from 0 inside and from 1 outside.
type mathError struct {
	position int
	problem  string
}

func (e *mathError) Error() string {
	return fmt.Sprintf("at character %d: %s", e.position+1, e.problem)
}

// token is a word of an expression. Kind is 'n' for a number, 'i' for an id,
// 'w' for a word in capitals, 'o' for an operator or bracket, 0 for the end.
type token struct {
	kind     byte
	text     string
	number   float64
	position int
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isWord(c byte) bool  { return isDigit(c) || isLower(c) || isUpper(c) || c == '_' }

// mathSymbols has the longer ones first.
var mathSymbols = []string{"==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "^", "(", ")", "[", "]", ","}

// nextToken reads the word that begins at or after position.
func nextToken(text string, position int) (token, int, error) {
	for position < len(text) && strings.IndexByte(" \t\r\n", text[position]) >= 0 {
		position++
	}
	if position == len(text) {
		return token{position: position}, position, nil
	}
	c := text[position]
	switch {
	case isDigit(c) || c == '.':
		return numberToken(text, position)
	case isLower(c) || isUpper(c):
		end := position
		for end < len(text) && isWord(text[end]) {
			end++
		}
		kind := byte('w')
		if isLower(c) {
			kind = 'i'
		}
		return token{kind: kind, text: text[position:end], position: position}, end, nil
	}
	for _, symbol := range mathSymbols {
		if strings.HasPrefix(text[position:], symbol) {
			return token{kind: 'o', text: symbol, position: position}, position + len(symbol), nil
		}
	}
	return token{}, 0, &mathError{position, fmt.Sprintf("%q is nothing that metric math has", []rune(text[position:])[0])}
}

func numberToken(text string, position int) (token, int, error) {
	end := position
	digits := func() {
		for end < len(text) && isDigit(text[end]) {
			end++
		}
	}
	digits()
	if end < len(text) && text[end] == '.' {
		end++
		digits()
	}
	if end < len(text) && (text[end] == 'e' || text[end] == 'E') {
		end++
		if end < len(text) && (text[end] == '+' || text[end] == '-') {
			end++
		}
		digits()
	}
	number, err := strconv.ParseFloat(text[position:end], 64)
	if err != nil || (end < len(text) && isWord(text[end])) {
		return token{}, 0, &mathError{position, "this is not a number"}
	}
	return token{kind: 'n', text: text[position:end], number: number, position: position}, end, nil
}
