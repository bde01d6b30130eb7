package seed

import "strconv"

// generator makes products, one after the other, each into the same memory.
type generator struct {
	seed       uint64
	chance     chance
	brands     zipf
	categories zipf
	attributes []pair
}

type pair struct{ name, value string }

const (
	brandCount    = 2_000
	categoryCount = 600
)

func newGenerator(seed uint64) *generator {
	return &generator{seed: seed, brands: newZipf(brandCount, 8), categories: newZipf(categoryCount, 12)}
}

// words are what a product is called by, in its department's language.
type words struct {
	adjectives, materials, colours, ranges, first, more []string
}

var (
	latin    = words{adjectives, materials, colours, ranges, firstSentences, moreSentences}
	cyrillic = words{cyrillicAdjectives, cyrillicMaterials, cyrillicColours, cyrillicRanges, cyrillicFirstSentences, cyrillicMoreSentences}
)

// appendProduct appends the JSON document of product i, the first of which is 1.
func (g *generator) appendProduct(b []byte, i int) []byte {
	c := &g.chance
	c.begin(g.seed, i)
	d, kind, line := g.category()
	w := &latin
	if d.cyrillic {
		w = &cyrillic
	}
	material, colour := c.of(w.materials), c.of(w.colours)

	b = append(b, `{"sku":"`...)
	b = appendSKU(b, i)
	b = g.appendGTIN(append(b, `","gtin":`...), i)
	b = g.appendName(append(b, `,"name":"`...), w, d.cyrillic, kind, material)
	b = g.appendDescription(append(b, `","description":"`...), w)
	b = g.appendBrand(append(b, `","brand":`...))
	b = appendPath(append(b, `,"category":"`...), d, w.ranges[line], kind)
	b = g.appendPrice(append(b, `","price":`...))
	b = strconv.AppendInt(append(b, `,"stock":`...), int64(g.stock()), 10)
	b = append(append(b, `,"status":"`...), g.status()...)
	b = g.appendImages(append(b, `","images":[`...), i)
	b = g.appendAttributes(append(b, `],"attributes":{`...), colour, material)
	return append(b, "}}"...)
}

// category draws a leaf of the tree. The common ones are spread over it: 7 and
// 600 have no divisor in common.
func (g *generator) category() (*department, group, int) {
	leaf := g.categories.rank(&g.chance) * 7 % categoryCount
	d := &departments[leaf%len(departments)]
	leaf /= len(departments)
	return d, d.groups[leaf%len(d.groups)], leaf / len(d.groups)
}

func appendPath(b []byte, d *department, line string, kind group) []byte {
	b = append(appendText(b, d.name), '/')
	b = append(appendText(b, kind.plural), '/')
	if b = appendText(b, line); d.cyrillic {
		return append(b, ": "+kind.plural...)
	}
	return appendText(append(b, ' '), kind.plural)
}

func appendSKU(b []byte, i int) []byte { return appendPadded(append(b, "SEED-"...), i, 7) }

// appendPadded appends a number with zeros before it.
func appendPadded(b []byte, n, width int) []byte {
	var memory [20]byte
	digits := strconv.AppendInt(memory[:0], int64(n), 10)
	for range width - len(digits) {
		b = append(b, '0')
	}
	return append(b, digits...)
}
