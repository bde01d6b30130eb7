package feed

import (
	"slices"
	"strings"
)

// The fields of a product that a column can hold.
const (
	fieldSKU = iota
	fieldGTIN
	fieldName
	fieldDescription
	fieldBrand
	fieldCategory
	fieldPrice
	fieldCurrency
	fieldStock
	fieldStatus
	fieldImages
	fieldAttributes
	fieldCount
)

var fieldNames = [fieldCount]string{
	"sku", "gtin", "name", "description", "brand", "category", "price", "currency", "stock", "status", "images", "attributes",
}

// fieldPointers point to the fields in a product's document.
var fieldPointers = func() (all [fieldCount]string) {
	for field, name := range fieldNames {
		all[field] = "/" + name
	}
	return all
}()

// attributePrefix begins the name of a column that holds one attribute.
const attributePrefix = "attr."

// columns say where in a record the fields are.
type columns struct {
	at         [fieldCount]int // -1: nowhere
	attributes []attributeColumn
	width      int
}

type attributeColumn struct {
	name string
	at   int
}

// checkMapping refuses what can be told without the feed.
func checkMapping(mapping map[string]string) error {
	for _, field := range sortedKeys(mapping) {
		name, isAttribute := strings.CutPrefix(field, attributePrefix)
		switch {
		case isAttribute && name == "":
			return refuse("map."+field, "names no attribute: write map.attr.<name>, such as map.attr.colour")
		case !isAttribute && !slices.Contains(fieldNames[:], field):
			return refuse("map."+field, "is unknown, since a product has no such field: use one of %s, or attr.<name>", strings.Join(fieldNames[:], ", "))
		case strings.TrimSpace(mapping[field]) == "":
			return refuse("map."+field, "names no column: name one of the feed's, or leave the parameter out")
		}
	}
	return nil
}

// findColumns reads a header.
func findColumns(header []string, mapping map[string]string) (columns, error) {
	c := columns{width: len(header)}
	for field, name := range fieldNames {
		column, mapped := mapping[name]
		if !mapped {
			column = name
		}
		at, err := findColumn(header, name, column)
		if err != nil {
			return c, err
		}
		if at < 0 && (mapped || field == fieldSKU || field == fieldName) {
			return c, missing(header, name, column)
		}
		c.at[field] = at
	}
	return c, c.findAttributes(header, mapping)
}

// findAttributes finds the columns that hold one attribute each: those that the
// mapping names, and those of the feed that are called attr.<name>.
func (c *columns) findAttributes(header []string, mapping map[string]string) error {
	wanted := map[string]string{}
	for _, column := range header {
		if strings.HasPrefix(column, attributePrefix) && column != attributePrefix {
			wanted[column] = column
		}
	}
	for field, column := range mapping {
		if strings.HasPrefix(field, attributePrefix) {
			wanted[field] = column
		}
	}
	for _, field := range sortedKeys(wanted) {
		at, err := findColumn(header, field, wanted[field])
		if err != nil {
			return err
		}
		if at < 0 {
			return missing(header, field, wanted[field])
		}
		c.attributes = append(c.attributes, attributeColumn{strings.TrimPrefix(field, attributePrefix), at})
	}
	return nil
}

// findColumn is where a column is, -1 if nowhere.
func findColumn(header []string, field, column string) (int, error) {
	column = strings.TrimSpace(column) // as the header's names are
	at := slices.Index(header, column)
	if at >= 0 && slices.Contains(header[at+1:], column) {
		return 0, refuse("map."+field, "is read from the column %s, which the feed has twice: give one of the two another name", excerpt(column))
	}
	return at, nil
}

func missing(header []string, field, column string) error {
	return refuse("map."+field, "must name a column of the feed, which has none called %s: it has %s", excerpt(column), listed(header))
}

// listed names a feed's columns as a message does: not all of very many.
func listed(header []string) string {
	const most = 30
	quoted := make([]string, 0, most)
	for _, column := range header[:min(len(header), most)] {
		quoted = append(quoted, excerpt(column))
	}
	list := strings.Join(quoted, ", ")
	if len(header) > most {
		list += ", …"
	}
	return list
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys) // the same parameters, the same answer
	return keys
}
