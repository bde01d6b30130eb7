package console

import (
	"fmt"
	"strconv"
	"strings"
)

// parser goes through the words of a query.
type parser struct {
	words []word
	at    int
	depth int
}

// parseInsights reads a query. Its errors say where and what to write instead.
func parseInsights(query string) (*insights, error) {
	if len(query) > maxInsightsQuery {
		return nil, &queryError{maxInsightsQuery + 1, fmt.Sprintf("it has more than %d characters", maxInsightsQuery)}
	}
	all, err := words(query)
	if err != nil {
		return nil, err
	}
	p := &parser{words: all}
	q := &insights{Limit: defaultInsightsLimit}
	for {
		if err := p.command(q); err != nil {
			return nil, err
		}
		if p.next().kind == wordEnd {
			break
		}
		if err := p.expect("|"); err != nil {
			return nil, err
		}
	}
	if len(q.Fields) == 0 {
		q.Fields = defaultFields
	}
	return q, nil
}

func (p *parser) next() word { return p.words[p.at] }

func (p *parser) take() word {
	w := p.words[p.at]
	if w.kind != wordEnd {
		p.at++
	}
	return w
}

// accept takes a keyword or sign when it is the next.
func (p *parser) accept(text string) bool {
	if p.next().is(text) {
		p.at++
		return true
	}
	return false
}

func (p *parser) expect(text string) error {
	if !p.accept(text) {
		return p.wrong(fmt.Sprintf("%s stands where %q is expected", p.next(), text))
	}
	return nil
}

func (p *parser) wrong(what string) error { return &queryError{p.next().at + 1, what} }

func (p *parser) command(q *insights) (err error) {
	switch w := p.take(); {
	case w.is("source"):
		return p.list(func() error {
			group := p.take()
			if group.kind != wordText {
				return &queryError{group.at + 1, fmt.Sprintf("SOURCE wants the name of a log group in quotes, and %s stands here", group)}
			}
			q.Sources = append(q.Sources, group.text)
			return nil
		})
	case w.is("fields"), w.is("display"):
		if w.is("display") {
			q.Fields = nil // it takes the place of fields
		}
		return p.list(func() error { return p.fieldInto(q) })
	case w.is("filter"):
		one, err := p.or()
		q.Filters = append(q.Filters, one)
		return err
	case w.is("sort"):
		return p.list(func() error { return p.sortInto(q) })
	case w.is("limit"):
		n := p.take()
		q.Limit, err = strconv.Atoi(n.text)
		if err != nil || q.Limit < 1 || q.Limit > maxInsightsLimit {
			return &queryError{n.at + 1, fmt.Sprintf("limit wants 1 to %d, and %s stands here", maxInsightsLimit, n)}
		}
		return nil
	default:
		return &queryError{w.at + 1, fmt.Sprintf("%s is no command that runs here: use SOURCE, fields, display, filter, sort or limit", w)}
	}
}

// list reads what stands between commas.
func (p *parser) list(one func() error) error {
	for {
		if err := one(); err != nil {
			return err
		}
		if !p.accept(",") {
			return nil
		}
	}
}

func (p *parser) fieldInto(q *insights) error {
	name, err := p.field()
	if err != nil {
		return err
	}
	as := name
	if p.accept("as") {
		if as, err = p.field(); err != nil {
			return err
		}
	}
	if p.next().is("(") {
		return p.wrong(strconv.Quote(name) + " is called as a function: functions run on AWS only")
	}
	q.Fields = append(q.Fields, insightsField{name, as})
	return nil
}

func (p *parser) sortInto(q *insights) error {
	name, err := p.field()
	if err != nil {
		return err
	}
	key := sortKey{Field: name}
	if p.accept("desc") {
		key.Descending = true
	} else {
		p.accept("asc")
	}
	q.Sort = append(q.Sort, key)
	return nil
}

// field reads a field's name.
func (p *parser) field() (string, error) {
	w := p.next()
	if w.kind != wordName && w.kind != wordQuoted {
		return "", p.wrong(fmt.Sprintf("%s stands where a field is expected", w))
	}
	p.take()
	return w.text, nil
}

// isKeyword says whether a name in a filter is one of the grammar's own.
func isKeyword(text string) bool {
	switch strings.ToLower(text) {
	case "and", "or", "not", "in", "like":
		return true
	}
	return false
}
