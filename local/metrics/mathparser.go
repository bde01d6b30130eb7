package metrics

import "fmt"

// op is what a node does.
type op int

const (
	opNumber   op = iota
	opID          // a metric, or another expression
	opWord        // REPEAT or LINEAR
	opList        // [m1, m2]
	opNegative    // -m1
	opBinary      // m1 + m2
	opCall        // MAX(m1)
)

// node is a part of an expression. Text is an id, a word, an operator or a
// function's name.
type node struct {
	op        op
	text      string
	number    float64
	arguments []*node
	position  int
	kind      kind // set by check
}

func (n *node) walk(f func(*node)) {
	f(n)
	for _, argument := range n.arguments {
		argument.walk(f)
	}
}

const (
	maximumLength = 2048 // AWS: MetricDataQuery, Expression
	maximumDepth  = 64   // ours: keeps a hostile expression from the stack
)

// precedence: a higher one binds closer. AWS's document does not give one;
// this is everybody's. ^ groups from the right and binds closer than minus.
var precedence = map[string]int{
	"OR": 1, "||": 1, "AND": 2, "&&": 2,
	"==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3,
	"+": 4, "-": 4, "*": 5, "/": 5, "^": 7,
}

const unaryPrecedence = 6

type mathParser struct {
	text     string
	current  token
	position int
	depth    int
}

func parseMath(text string) (*node, error) {
	if len(text) > maximumLength {
		return nil, &mathError{maximumLength, "it is longer than 2,048 characters"}
	}
	p := &mathParser{text: text}
	if err := p.advance(); err != nil {
		return nil, err
	}
	root, err := p.expression(0)
	if err == nil && p.current.kind != 0 {
		err = p.unexpected("an operator or the end")
	}
	return root, err
}

func (p *mathParser) advance() (err error) {
	p.current, p.position, err = nextToken(p.text, p.position)
	return err
}

func (p *mathParser) unexpected(wanted string) error {
	found := fmt.Sprintf("%q", p.current.text)
	if p.current.kind == 0 {
		found = "the end"
	}
	return &mathError{p.current.position, fmt.Sprintf("here is %s where %s is needed", found, wanted)}
}

func (p *mathParser) take(symbol string) error {
	if p.current.kind != 'o' || p.current.text != symbol {
		return p.unexpected(fmt.Sprintf("%q", symbol))
	}
	return p.advance()
}

// expression reads operators that bind closer than above.
func (p *mathParser) expression(above int) (*node, error) {
	if p.depth++; p.depth > maximumDepth {
		return nil, &mathError{p.current.position, "it is nested too deep"}
	}
	defer func() { p.depth-- }()
	left, err := p.operand()
	for err == nil {
		binds := precedence[p.current.text]
		if binds <= above || (p.current.kind != 'o' && p.current.kind != 'w') {
			return left, nil
		}
		joined := &node{op: opBinary, text: p.current.text, position: p.current.position}
		if err = p.advance(); err != nil {
			break
		}
		if joined.text == "^" {
			binds--
		}
		var right *node
		right, err = p.expression(binds)
		joined.arguments = []*node{left, right}
		left = joined
	}
	return nil, err
}

func (p *mathParser) operand() (*node, error) {
	t := p.current
	n := &node{text: t.text, number: t.number, position: t.position}
	switch {
	case t.kind == 'n':
		return n, p.advance()
	case t.kind == 'i':
		n.op = opID
		return n, p.advance()
	case t.kind == 'w' && precedence[t.text] == 0:
		return p.word(n)
	case t.text == "-":
		return p.negative(n)
	case t.text == "(":
		return p.parentheses()
	case t.text == "[":
		n.op = opList
		err := p.items(n, "]")
		return n, err
	}
	return nil, p.unexpected("a number, an id, a function or a parenthesis")
}

func (p *mathParser) negative(n *node) (*node, error) {
	n.op = opNegative
	if err := p.advance(); err != nil {
		return nil, err
	}
	inner, err := p.expression(unaryPrecedence)
	n.arguments = []*node{inner}
	return n, err
}

func (p *mathParser) parentheses() (*node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	inner, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	return inner, p.take(")")
}

// word is a function with its arguments, or one of FILL's two words.
func (p *mathParser) word(n *node) (*node, error) {
	if n.text == wordRepeat || n.text == wordLinear {
		n.op = opWord
		return n, p.advance()
	}
	if _, ok := functions[n.text]; !ok {
		return nil, &mathError{n.position, fmt.Sprintf("%s does not run here: use %s, or watch this metric on AWS only", n.text, functionNames())}
	}
	n.op = opCall
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.current.text != "(" {
		return nil, p.unexpected("the parenthesis of " + n.text)
	}
	err := p.items(n, ")")
	return n, err
}

// items reads arguments up to the closing bracket; the current token opens it.
func (p *mathParser) items(n *node, closing string) error {
	for {
		if err := p.advance(); err != nil {
			return err
		}
		item, err := p.expression(0)
		if err != nil {
			return err
		}
		n.arguments = append(n.arguments, item)
		if p.current.kind != 'o' || p.current.text != "," {
			return p.take(closing)
		}
	}
}
