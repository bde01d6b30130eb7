package alarm

import (
	"fmt"
	"strconv"
	"strings"
)

// Number is a number that CloudFormation also takes as a string.
type Number float64

// UnmarshalJSON reads 80, "80" and "8e1".
func (n *Number) UnmarshalJSON(content []byte) error {
	text := strings.Trim(string(content), `"`)
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("%s is no number", content)
	}
	*n = Number(value)
	return nil
}

// Boolean is a boolean that CloudFormation also takes as a string.
type Boolean bool

// UnmarshalJSON reads true and "true", false and "false".
func (b *Boolean) UnmarshalJSON(content []byte) error {
	switch strings.Trim(string(content), `"`) {
	case "true":
		*b = true
	case "false":
		*b = false
	default:
		return fmt.Errorf("%s is neither true nor false", content)
	}
	return nil
}
