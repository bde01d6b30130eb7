package metrics

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Key names a metric (AWS: "CloudWatch concepts"). Two keys that differ in
// one dimension are two metrics: nothing is added up across dimensions.
type Key struct {
	Namespace, Name string
	// Dimensions is "A=b,C=d", sorted by name. A backslash stands before a
	// backslash, comma or equals sign in a name or value.
	Dimensions string
}

// NewKey forms the key of a metric; dimensions may be nil.
func NewKey(namespace, name string, dimensions map[string]string) Key {
	var b strings.Builder
	for i, dimension := range slices.Sorted(maps.Keys(dimensions)) {
		if i > 0 {
			b.WriteByte(',')
		}
		writeEscaped(&b, dimension)
		b.WriteByte('=')
		writeEscaped(&b, dimensions[dimension])
	}
	return Key{namespace, name, b.String()}
}

func writeEscaped(b *strings.Builder, text string) {
	for i := range len(text) {
		if c := text[i]; c == '\\' || c == ',' || c == '=' {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
}

// DimensionMap gives the dimensions back; it is empty, never nil, for a metric
// without dimensions.
func (k Key) DimensionMap() map[string]string {
	dimensions := map[string]string{}
	if k.Dimensions == "" {
		return dimensions
	}
	var name, part strings.Builder
	inValue := false
	finish := func() {
		if inValue {
			dimensions[name.String()] = part.String()
		}
		name.Reset()
		part.Reset()
		inValue = false
	}
	for i := 0; i < len(k.Dimensions); i++ {
		switch c := k.Dimensions[i]; {
		case c == '\\' && i+1 < len(k.Dimensions):
			i++
			part.WriteByte(k.Dimensions[i])
		case c == '=' && !inValue:
			name.WriteString(part.String())
			part.Reset()
			inValue = true
		case c == ',':
			finish()
		default:
			part.WriteByte(c)
		}
	}
	finish()
	return dimensions
}

// String is for people: AWS/ECS CPUUtilization{ServiceName=catalog}.
func (k Key) String() string {
	if k.Dimensions == "" {
		return k.Namespace + " " + k.Name
	}
	return k.Namespace + " " + k.Name + "{" + k.Dimensions + "}"
}

func compareKeys(a, b Key) int {
	return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name), strings.Compare(a.Dimensions, b.Dimensions))
}
