package metrics

// FILL's words.
const (
	wordRepeat = "REPEAT"
	wordLinear = "LINEAR"
)

func ifKind(a []*node) (kind, bool) {
	result := scalar
	for _, argument := range a {
		if argument.kind == manySeries || argument.kind == noKind {
			return noKind, false
		}
		result = max(result, argument.kind)
	}
	return result, true
}

// applyIf is IF (AWS: "Using IF expressions"): a condition other than 0 takes
// the first value, 0 the second. Where the condition is missing, the result is
// missing; where the first value is taken and missing, the result is 0; where
// the second is taken and missing, or not written, the result is missing.
func applyIf(_ *evaluation, _ *node, arguments []value) value {
	return combine(func(s []sample) sample {
		condition := s[0]
		switch {
		case !condition.ok:
			return sample{}
		case condition.v != 0:
			return sample{s[1].v, true} // a missing sample's v is 0
		case len(s) == 3:
			return s[2]
		}
		return sample{}
	}, arguments...)
}

func fillKind(a []*node) (kind, bool) {
	return a[0].kind, a[0].kind > scalar && a[1].kind != manySeries
}

// applyFill is FILL. Unlike a graph's, it also fills a metric that never had a
// data point: an error count that nobody has raised yet is 0.
func applyFill(_ *evaluation, n *node, arguments []value) value {
	if filler := n.arguments[1]; filler.op == opWord {
		fill := fillRepeat
		if filler.text == wordLinear {
			fill = fillLinear
		}
		result := value{kind: arguments[0].kind}
		for _, row := range arguments[0].rows {
			result.rows = append(result.rows, fill(row))
		}
		return result
	}
	return combine(func(s []sample) sample {
		if s[0].ok {
			return s[0]
		}
		return s[1]
	}, arguments...)
}

// fillRepeat gives a gap the value before it.
func fillRepeat(row []sample) []sample {
	filled := make([]sample, len(row))
	var last sample
	for i, s := range row {
		if s.ok {
			last = s
		}
		filled[i] = last
	}
	return filled
}

// fillLinear draws a line over a gap; there is none before the first value nor
// after the last. The times are those of equal periods.
func fillLinear(row []sample) []sample {
	filled := make([]sample, len(row))
	last := -1
	for i, s := range row {
		if !s.ok {
			continue
		}
		for gap := last + 1; last >= 0 && gap < i; gap++ {
			share := float64(gap-last) / float64(i-last)
			filled[gap] = known(row[last].v + (s.v-row[last].v)*share)
		}
		filled[i] = s
		last = i
	}
	return filled
}
