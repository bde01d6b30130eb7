package metrics

import "fmt"

// kind is a type of metric math: S, TS and TS[] in AWS's document.
type kind int

const (
	noKind     kind = iota // FILL's words
	scalar                 // one number for all times
	oneSeries              // a number for each time
	manySeries             // a list of time series
)

func (k kind) String() string {
	return [...]string{"a word of FILL", "a number", "one time series", "a list of time series"}[k]
}

// check finds each part's type, and refuses what CloudWatch refuses, so that
// evaluation has nothing left to refuse.
func (n *node) check() error {
	for _, argument := range n.arguments {
		if err := argument.check(); err != nil {
			return err
		}
		word := argument.op == opWord && (n.op != opCall || n.text != "FILL" || argument != n.arguments[len(n.arguments)-1])
		if word {
			return &mathError{argument.position, argument.text + " is only for FILL's second argument"}
		}
	}
	switch n.op {
	case opNumber:
		n.kind = scalar
	case opID:
		n.kind = oneSeries
	case opWord:
		n.kind = noKind
	case opNegative:
		n.kind = n.arguments[0].kind
	case opList:
		return n.checkList()
	case opBinary:
		return n.checkBinary()
	case opCall:
		return n.checkCall()
	}
	return nil
}

func (n *node) checkList() error {
	n.kind = manySeries
	for _, item := range n.arguments {
		if item.kind == scalar {
			return &mathError{item.position, "a list holds time series, no numbers"}
		}
	}
	return nil
}

func (n *node) checkBinary() error {
	left, right := n.arguments[0].kind, n.arguments[1].kind
	if left == manySeries && right == manySeries {
		return &mathError{n.position, n.text + " does not join two lists: make one time series of one of them, for example with SUM"}
	}
	n.kind = max(left, right)
	return nil
}

func (n *node) checkCall() error {
	f := functions[n.text]
	if count := len(n.arguments); count < f.least || count > f.most {
		return &mathError{n.position, fmt.Sprintf("%s has %d arguments and takes %s", n.text, count, f.usage)}
	}
	var ok bool
	if n.kind, ok = f.result(n.arguments); !ok {
		return &mathError{n.position, n.text + " takes " + f.usage}
	}
	return nil
}
