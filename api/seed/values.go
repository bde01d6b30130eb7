package seed

import "strconv"

// appendGTIN appends a GTIN-13 in quotes, or null. It begins with 20, which GS1
// leaves to a company's own use: no real article has it.
func (g *generator) appendGTIN(b []byte, i int) []byte {
	if g.chance.percent(8) {
		return append(b, "null"...)
	}
	const digits, spread = 10_000_000_000, 7_654_321_987 // no common divisor: no number twice
	begin := len(b) + 1
	b = appendPadded(append(b, `"20`...), int(uint64(i)*spread%digits), 10)
	sum := 0
	for at, digit := range b[begin:] {
		sum += int(digit-'0') * (1 + at%2*2)
	}
	return append(b, byte('0'+(10-sum%10)%10), '"')
}

// appendName appends words such as Folding Oak Desk GT 250, or in the Cyrillic
// departments their like.
func (g *generator) appendName(b []byte, w *words, isCyrillic bool, kind group, material string) []byte {
	c := &g.chance
	b = append(append(b, c.of(w.adjectives)...), ' ')
	if isCyrillic {
		b = append(append(append(b, kind.singular...), ", "...), material...)
	} else {
		b = appendText(append(append(b, material...), ' '), kind.singular)
	}
	b = append(append(b, ' '), c.of(series)...)
	return strconv.AppendInt(b, int64(10+10*c.below(99)), 10)
}

func (g *generator) appendDescription(b []byte, w *words) []byte {
	c := &g.chance
	b = appendText(b, c.of(w.first))
	first := c.below(len(w.more))
	for more := range c.below(3) {
		b = appendText(append(b, ' '), w.more[(first+more)%len(w.more)])
	}
	return b
}

// appendBrand appends a brand in quotes, or null: few brands have very many
// products, and most have some.
func (g *generator) appendBrand(b []byte) []byte {
	rank := g.brands.rank(&g.chance)
	if g.chance.percent(5) {
		return append(b, "null"...)
	}
	b = append(append(b, '"'), brandBeginnings[rank%len(brandBeginnings)]...)
	// Another end for each neighbour, so that the common brands differ in both.
	end := (rank/len(brandBeginnings) + rank) % len(brandEnds)
	return append(append(b, brandEnds[end]...), '"')
}

// appendPrice appends a price in AUD, or null.
func (g *generator) appendPrice(b []byte) []byte {
	cents := g.chance.price()
	if g.chance.percent(3) {
		return append(b, "null"...)
	}
	b = strconv.AppendInt(append(b, `{"amount":"`...), int64(cents/100), 10)
	b = appendPadded(append(b, '.'), cents%100, 2)
	return append(b, `","currency":"AUD"}`...)
}

func (g *generator) stock() int {
	if g.chance.percent(15) {
		return 0
	}
	return 1 + g.chance.below(40)*g.chance.below(40)/4
}

func (g *generator) status() string {
	switch n := g.chance.below(100); {
	case n < 2:
		return "archived"
	case n < 5:
		return "draft"
	}
	return "active"
}

func (g *generator) appendImages(b []byte, i int) []byte {
	for n := range g.chance.below(4) {
		if n > 0 {
			b = append(b, ',')
		}
		b = appendSKU(append(b, `"https://images.example/`...), i)
		b = append(strconv.AppendInt(append(b, '/'), int64(n+1), 10), `.jpg"`...)
	}
	return b
}

// appendAttributes appends two to six, in the order of their names.
func (g *generator) appendAttributes(b []byte, colour, material string) []byte {
	c := &g.chance
	all := append(g.attributes[:0], pair{"colour", colour}, pair{"material", material})
	for _, more := range [...]struct {
		name   string
		values []string
	}{{"origin", origins}, {"size", sizes}, {"warranty", warranty}} {
		if value := c.of(more.values); c.percent(50) {
			all = append(all, pair{more.name, value})
		}
	}
	g.attributes = all
	for _, a := range all {
		b = append(append(append(b, '"'), a.name...), `":"`...)
		b = append(appendText(b, a.value), `",`...)
	}
	if c.percent(50) {
		b = strconv.AppendInt(append(b, `"weight":"`...), int64(1+c.below(200)*5), 10)
		return append(b, ` g"`...)
	}
	return b[:len(b)-1] // the last comma
}

// appendText appends a text as JSON has it between quotes. The word lists hold
// no control characters.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		if text[i] == '"' || text[i] == '\\' {
			b = append(b, '\\')
		}
		b = append(b, text[i])
	}
	return b
}
