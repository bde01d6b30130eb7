package catalog

import (
	"regexp"
	"strings"

	"golang.org/x/text/currency"
)

// Money is an amount in a currency. The amount is a decimal string, never a
// binary fraction; the currency an ISO 4217 code.
type Money struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

var amountPattern = regexp.MustCompile(`^(0|[1-9]\d{0,11})(\.\d{1,4})?$`)

// normalize pads the amount to the currency's own number of decimals, so that
// "19.9" AUD is "19.90" from then on. It returns what is wrong, or "".
func (m *Money) normalize() string {
	unit, err := currency.ParseISO(m.Currency)
	if err != nil || unit.String() != m.Currency {
		return "currency must be an ISO 4217 code in capitals, like AUD"
	}
	if !amountPattern.MatchString(m.Amount) {
		return `amount must be a decimal string like "19.90", not negative, below 1000000000000`
	}
	decimals, _ := currency.Standard.Rounding(unit)
	whole, fraction, _ := strings.Cut(m.Amount, ".")
	if len(strings.TrimRight(fraction, "0")) > decimals {
		return "amount has more decimals than " + m.Currency + " has"
	}
	fraction = (fraction + "0000")[:decimals]
	m.Amount = whole
	if decimals > 0 {
		m.Amount += "." + fraction
	}
	return ""
}
