package catalog_test

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"catalog/api/catalog"
)

// priced makes a product with this price and answers the price that it keeps.
func priced(amount, currency string) (catalog.Money, error) {
	p, err := catalog.NewProduct(catalog.ProductInput{
		SKU: "A-1", Name: "Kettle", Price: &catalog.Money{Amount: amount, Currency: currency},
	}, time.Now())
	if err != nil {
		return catalog.Money{}, err
	}
	return *p.Price, nil
}

func TestMoneyTakesTheDecimalsOfItsCurrency(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ amount, currency, want string }{
		{"19.9", "AUD", "19.90"},
		{"19.90", "AUD", "19.90"},
		{"19", "AUD", "19.00"},
		{"19.9000", "AUD", "19.90"},
		{"0", "AUD", "0.00"},
		{"0.05", "AUD", "0.05"},
		{"999999999999", "AUD", "999999999999.00"},
		{"1500", "JPY", "1500"},
		{"1500.00", "JPY", "1500"},
		{"1.5", "KWD", "1.500"},
		{"1.234", "KWD", "1.234"},
	} {
		got, err := priced(c.amount, c.currency)
		if err != nil || got != (catalog.Money{Amount: c.want, Currency: c.currency}) {
			t.Errorf("%s %s became %+v, %v: want %s", c.currency, c.amount, got, err, c.want)
		}
	}
}

func TestMoneyRefusesWhatIsNoAmount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ amount, currency, because string }{
		{"19.999", "AUD", "more decimals than AUD has"},
		{"1500.5", "JPY", "more decimals than JPY has"},
		{"1.00001", "AUD", "decimal string"},
		{"-1.00", "AUD", "decimal string"},
		{"+1.00", "AUD", "decimal string"},
		{"01.00", "AUD", "decimal string"},
		{".50", "AUD", "decimal string"},
		{"1.", "AUD", "decimal string"},
		{"1,50", "AUD", "decimal string"},
		{"1e3", "AUD", "decimal string"},
		{"1.00\n", "AUD", "decimal string"},
		{"", "AUD", "decimal string"},
		{"NaN", "AUD", "decimal string"},
		{"١٩", "AUD", "decimal string"},
		{"1000000000000", "AUD", "decimal string"},
		{"19.90", "aud", "ISO 4217"},
		{"19.90", "AU", "ISO 4217"},
		{"19.90", "ZZZ", "ISO 4217"},
		{"19.90", "", "ISO 4217"},
		{"19.90", "A$", "ISO 4217"},
	} {
		_, err := priced(c.amount, c.currency)
		wantViolations(t, err, "/price")
		if err != nil && !strings.Contains(err.Error(), c.because) {
			t.Errorf("%q %q: %v: want %q", c.currency, c.amount, err, c.because)
		}
	}
}

// FuzzMoney: a price that is taken keeps its value, is canonical, and is taken
// again as it is.
func FuzzMoney(f *testing.F) {
	for _, seed := range [][2]string{
		{"19.9", "AUD"},
		{"19", "JPY"},
		{"1.234", "KWD"},
		{"0", "CLF"},
		{"1.2345", "CLF"},
		{"-1", "AUD"},
		{"1e9", "AUD"},
		{"", ""},
		{"1.", "USD"},
		{"999999999999.9999", "USD"},
		{"1", "usd"},
		{"1\n", "USD"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, amount, currency string) {
		got, err := priced(amount, currency)
		if err != nil {
			return
		}
		before, ok := new(big.Rat).SetString(amount)
		after, ok2 := new(big.Rat).SetString(got.Amount)
		if !ok || !ok2 || before.Cmp(after) != 0 || before.Sign() < 0 {
			t.Errorf("%q %q became %+v", amount, currency, got)
		}
		if got.Currency != currency || strings.ToUpper(currency) != currency || len(currency) != 3 {
			t.Errorf("currency %q became %q", currency, got.Currency)
		}
		if again, err := priced(got.Amount, got.Currency); err != nil || again != got {
			t.Errorf("%+v became %+v, %v", got, again, err)
		}
	})
}
