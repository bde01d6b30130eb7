package feed

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"catalog/api/catalog"
)

// reading turns what a record holds into a Row.
type reading struct {
	separator string // between the names of a category's path; "" is an id
	row       Row
	fault     fault
	price     string
	currency  string
	// single are attributes that have a column of their own: they are set at
	// the end, over what the attributes column says.
	single []singleAttribute
}

type singleAttribute struct{ name, value string }

// end is the row as it was read.
func (r *reading) end() Row {
	if len(r.single) > 0 && r.row.Input.Attributes == nil {
		r.row.Input.Attributes = make(map[string]string, len(r.single))
	}
	for _, a := range r.single {
		r.row.Input.Attributes[a.name] = a.value
	}
	r.row.Err = r.fault.err()
	return r.row
}

// begin forgets the row before.
func (r *reading) begin(line int64) {
	*r = reading{separator: r.separator, single: r.single[:0], row: Row{Line: line}}
}

// sku reads nothing but the SKU of a record that is no good.
func (r *reading) sku(c *columns, record []string) {
	if at := c.at[fieldSKU]; at < len(record) && utf8.ValidString(record[at]) {
		r.row.SKU = record[at]
	}
}

// fields reads a record of columns.
func (r *reading) fields(c *columns, record []string) {
	in := &r.row.Input
	optional := new([3]string) // one allocation for the three pointers
	for field, at := range c.at {
		if at < 0 || record[at] == "" {
			continue
		}
		value := record[at]
		switch field {
		case fieldGTIN:
			optional[0] = value
			in.GTIN = &optional[0]
		case fieldBrand:
			optional[1] = value
			in.Brand = &optional[1]
		case fieldCategory:
			if r.separator == "" {
				optional[2] = value
				in.Category = &optional[2]
			} else {
				r.row.CategoryPath = splitPath(value, r.separator)
			}
		case fieldStock:
			r.stock(strings.TrimSpace(value))
		case fieldPrice:
			r.price = strings.TrimSpace(value)
		case fieldCurrency:
			r.currency = strings.TrimSpace(value)
		default:
			r.text(field, value)
		}
	}
	r.money(c.at[fieldCurrency] >= 0)
	for _, a := range c.attributes {
		if record[a.at] != "" {
			r.single = append(r.single, singleAttribute{a.name, record[a.at]})
		}
	}
}

// text reads a field that is what it says, or JSON.
func (r *reading) text(field int, value string) {
	switch document := (cursor{text: value, root: fieldPointers[field], fault: &r.fault}); field {
	case fieldImages:
		r.row.Input.Images = document.strings(document.root)
		document.end()
	case fieldAttributes:
		r.row.Input.Attributes = document.pairs(document.root)
		document.end()
	default:
		r.words(field, value)
	}
}

func (r *reading) words(field int, value string) {
	switch in := &r.row.Input; field {
	case fieldSKU:
		r.row.SKU, in.SKU = value, value
	case fieldName:
		in.Name = value
	case fieldDescription:
		in.Description = value
	case fieldStatus:
		in.Status = value
	}
}

// notUTF8 says which fields are not UTF-8.
func (r *reading) notUTF8(c *columns, record []string) {
	const detail = "is not UTF-8: save the feed as UTF-8"
	for field, at := range c.at {
		if at >= 0 && !utf8.ValidString(record[at]) {
			r.fault.add(fieldPointers[field], detail)
		}
	}
	for _, a := range c.attributes {
		if !utf8.ValidString(record[a.at]) {
			r.fault.add("/attributes/"+catalog.PointerToken(a.name), detail)
		}
	}
	if len(r.fault.violations) == 0 { // it is in a column that nobody reads
		r.fault.add("", detail)
	}
}

func (r *reading) stock(value string) {
	n, err := strconv.Atoi(value)
	if err != nil {
		r.fault.add("/stock", "must be a whole number, not %s", excerpt(value))
	}
	r.row.Input.Stock = n
}

// money joins the price's two columns.
func (r *reading) money(hasCurrency bool) {
	switch {
	case r.price == "": // not priced; a currency alone says nothing
	case !isDecimal(r.price):
		r.fault.add("/price", "must be a decimal amount like 19.90, not %s", excerpt(r.price))
	case !hasCurrency:
		r.fault.add("/price", "has no currency, since the feed has no column currency: add one, or name it with map.currency")
	case r.currency == "":
		r.fault.add("/price", "has no currency: write one like AUD in the currency column")
	default:
		r.row.Input.Price = &catalog.Money{Amount: r.price, Currency: r.currency}
	}
}

// isDecimal is whether a text is a number like 19.90. Whether it may be a price
// is for the catalog to judge.
func isDecimal(s string) bool {
	whole, fraction, hasFraction := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	return isDigits(whole) && (!hasFraction || isDigits(fraction))
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// splitPath cuts a path into its names, without blanks around them and without
// empty ones.
func splitPath(path, separator string) []string {
	names := make([]string, 0, strings.Count(path, separator)+1)
	for name := range strings.SplitSeq(path, separator) {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return names
}
