package console

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// condition says whether a line is wanted.
type condition func(l *logFields) bool

// maxFilterDepth is how deep parentheses and nots may be nested.
const maxFilterDepth = 50

// The grammar, from what binds least: or, and, not, a comparison.

func (p *parser) or() (condition, error) {
	left, err := p.and()
	for err == nil && p.accept("or") {
		var next condition
		first := left
		next, err = p.and()
		left = func(l *logFields) bool { return first(l) || next(l) }
	}
	return left, err
}

func (p *parser) and() (condition, error) {
	left, err := p.not()
	for err == nil && p.accept("and") {
		var next condition
		first := left
		next, err = p.not()
		left = func(l *logFields) bool { return first(l) && next(l) }
	}
	return left, err
}

func (p *parser) not() (condition, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxFilterDepth {
		return nil, p.wrong(fmt.Sprintf("it is nested more than %d deep", maxFilterDepth))
	}
	if p.accept("not") {
		of, err := p.not()
		return func(l *logFields) bool { return !of(l) }, err
	}
	if p.accept("(") {
		inner, err := p.or()
		if err != nil {
			return nil, err
		}
		return inner, p.expect(")")
	}
	return p.comparison()
}

func (p *parser) comparison() (condition, error) {
	if w := p.next(); w.kind == wordName && isKeyword(w.text) {
		return nil, p.wrong(fmt.Sprintf("%s stands where a field is expected", w))
	}
	field, err := p.field()
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(field, "ispresent") && p.accept("(") {
		of, err := p.field()
		if err != nil {
			return nil, err
		}
		return func(l *logFields) bool { _, ok := l.get(of); return ok }, p.expect(")")
	}
	negated := p.accept("not")
	var holds condition
	switch {
	case p.accept("in"):
		holds, err = p.in(field)
	case p.accept("like"), !negated && p.accept("=~"):
		holds, err = p.like(field)
	case !negated:
		return p.compare(field)
	default:
		return nil, p.wrong(fmt.Sprintf("%s stands where in or like is expected", p.next()))
	}
	if negated && err == nil {
		return func(l *logFields) bool { return !holds(l) }, nil
	}
	return holds, err
}

// in reads a list of values.
func (p *parser) in(field string) (condition, error) {
	if err := p.expect("["); err != nil {
		return nil, err
	}
	var values []operand
	err := p.list(func() error {
		v, err := p.operand()
		values = append(values, v)
		return err
	})
	if err != nil {
		return nil, err
	}
	return func(l *logFields) bool {
		got, ok := l.get(field)
		return ok && slices.ContainsFunc(values, func(v operand) bool { want, ok := v.of(l); return ok && compareValues(got, want) == 0 })
	}, p.expect("]")
}

// like reads a text that must be within the field's, or an expression.
func (p *parser) like(field string) (condition, error) {
	switch w := p.take(); w.kind {
	case wordText:
		return func(l *logFields) bool { got, ok := l.get(field); return ok && strings.Contains(got, w.text) }, nil
	case wordRegexp:
		expression, err := regexp.Compile(w.text)
		if err != nil {
			return nil, &queryError{w.at + 1, "the regular expression is not valid: " + err.Error()}
		}
		return func(l *logFields) bool { got, ok := l.get(field); return ok && expression.MatchString(got) }, nil
	default:
		return nil, &queryError{w.at + 1, fmt.Sprintf(`like wants a text in quotes or a /regular expression/, and %s stands here`, w)}
	}
}

// compare reads a comparison with a sign. A field that a line does not have is
// equal to nothing, and different from everything.
func (p *parser) compare(field string) (condition, error) {
	sign := p.take()
	holds, ok := map[string]func(int) bool{
		"=": func(c int) bool { return c == 0 }, "==": func(c int) bool { return c == 0 }, "!=": func(c int) bool { return c != 0 },
		"<": func(c int) bool { return c < 0 }, "<=": func(c int) bool { return c <= 0 },
		">": func(c int) bool { return c > 0 }, ">=": func(c int) bool { return c >= 0 },
	}[sign.text]
	if !ok || sign.kind != wordSign {
		return nil, &queryError{sign.at + 1, fmt.Sprintf("%s stands where a comparison is expected: use =, !=, <, <=, >, >=, in or like", sign)}
	}
	value, err := p.operand()
	return func(l *logFields) bool {
		got, has := l.get(field)
		want, known := value.of(l)
		if !has || !known {
			return sign.text == "!=" && has != known
		}
		return holds(compareValues(got, want))
	}, err
}

// operand is a value or another field.
type operand struct {
	value, field string
}

func (o operand) of(l *logFields) (string, bool) {
	if o.field != "" {
		return l.get(o.field)
	}
	return o.value, true
}

func (p *parser) operand() (operand, error) {
	switch w := p.take(); {
	case w.kind == wordText, w.kind == wordNumber:
		return operand{value: w.text}, nil
	case w.kind == wordName && (w.is("true") || w.is("false")):
		return operand{value: strings.ToLower(w.text)}, nil
	case w.kind == wordName && !isKeyword(w.text), w.kind == wordQuoted && w.text != "":
		return operand{field: w.text}, nil
	default:
		return operand{}, &queryError{w.at + 1, fmt.Sprintf("%s stands where a value is expected: write a number, or a text in quotes", w)}
	}
}

// compareValues compares as numbers where both are, else as texts.
func compareValues(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX == nil && errY == nil {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(a, b)
}
