package feed

import (
	"strings"
	"unicode/utf8"

	"catalog/api/catalog"
)

// members say which field a member of an NDJSON document is, by its name.
type members struct {
	targets map[string][]target
}

// target is a field, or with fieldAttributes and a name the one attribute.
type target struct {
	field     int
	attribute string
}

// exported are the members that an export has and an import leaves alone.
var exported = []string{"id", "version", "created_at", "updated_at"}

func findMembers(mapping map[string]string) (*members, error) {
	if _, mapped := mapping["currency"]; mapped {
		return nil, refuse("map.currency", "is for CSV and TSV: in NDJSON the price is an object with an amount and a currency")
	}
	m := &members{targets: map[string][]target{}}
	for _, name := range exported {
		m.targets[name] = nil
	}
	for field, name := range fieldNames {
		member, mapped := mapping[name]
		if !mapped {
			member = name
		}
		if field != fieldCurrency {
			m.targets[member] = append(m.targets[member], target{field: field})
		}
	}
	for _, field := range sortedKeys(mapping) {
		if attribute, ok := strings.CutPrefix(field, attributePrefix); ok {
			member := mapping[field]
			m.targets[member] = append(m.targets[member], target{field: fieldAttributes, attribute: attribute})
		}
	}
	return m, nil
}

// read reads a line.
func (m *members) read(r *reading, line string) {
	c := cursor{text: line, fault: &r.fault}
	if !utf8.ValidString(line) {
		r.fault.add("", "is not UTF-8: save the feed as UTF-8")
	}
	if c.peek() != '{' {
		c.mismatch("", "an object")
		return
	}
	var seen [fieldCount]bool
	c.members(func(name string) {
		targets, known := m.targets[name]
		if !known {
			r.fault.add("/"+catalog.PointerToken(name), "is not a known field: leave it out, or map a field to it")
		}
		if len(targets) == 0 {
			c.skip(0)
			return
		}
		value := c.at
		for _, t := range targets {
			if t.attribute == "" && seen[t.field] {
				r.fault.add(fieldPointers[t.field], "is there twice: keep one")
			}
			seen[t.field] = seen[t.field] || t.attribute == ""
			if c.at = value; !c.broken {
				r.member(&c, t)
			}
		}
	})
	c.end()
	if !utf8.ValidString(r.row.SKU) {
		r.row.SKU = ""
	}
}

// member reads one value into a field.
func (r *reading) member(c *cursor, t target) {
	in, pointer := &r.row.Input, fieldPointers[t.field]
	switch t.field {
	case fieldGTIN:
		in.GTIN = c.optional(pointer)
	case fieldBrand:
		in.Brand = c.optional(pointer)
	case fieldCategory:
		if category := c.optional(pointer); r.separator == "" {
			in.Category = category
		} else if category != nil {
			r.row.CategoryPath = splitPath(*category, r.separator)
		}
	case fieldPrice:
		in.Price = c.price()
	case fieldStock:
		in.Stock = c.stock(pointer)
	case fieldImages:
		in.Images = c.strings(pointer)
	case fieldAttributes:
		if t.attribute == "" {
			in.Attributes = c.pairs(pointer)
		} else if value := c.string(pointer + "/" + catalog.PointerToken(t.attribute)); value != "" {
			r.single = append(r.single, singleAttribute{t.attribute, value})
		}
	default:
		r.words(t.field, c.string(pointer))
	}
}
