package console

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"catalog/local/metrics"
)

// metricRow is one member of a metrics array: a metric, or an expression.
type metricRow struct {
	Key        metrics.Key
	Expression *metrics.Expression // nil for a metric

	ID, Label, Stat, Color string
	Period                 time.Duration
	Right, Hidden          bool
}

// maxRows is how many a widget may have (AWS: "1 to 500 metrics and expressions").
const maxRows = 500

// rows reads the metrics array (AWS: "Format for each metric in the array of
// metrics"): namespace, name, dimension names and values in turn, and options
// at the end. "." stands for what the row above has in this place, "..." for
// all that the rest of the row leaves out.
func (p *metricProperties) rows() ([]metricRow, error) {
	if len(p.Metrics) > maxRows {
		return nil, fmt.Errorf("a widget has %d metrics, and %d are allowed: take some out", len(p.Metrics), maxRows)
	}
	var rows []metricRow
	var above []string
	for i, raw := range p.Metrics {
		words, options, err := splitRow(raw)
		if err == nil && len(words) > 0 {
			words, err = expand(words, above)
		}
		if err != nil {
			return nil, fmt.Errorf("row %d of the metrics array: %w", i+1, err)
		}
		row, err := p.row(words, options)
		if err != nil {
			return nil, fmt.Errorf("row %d of the metrics array: %w", i+1, err)
		}
		if len(words) > 0 {
			above = words
		}
		rows = append(rows, row)
	}
	return distinct(rows), known(rows)
}

// known holds the ids in expressions against those that there are.
func known(rows []metricRow) error {
	for _, row := range rows {
		if row.Expression == nil {
			continue
		}
		for _, id := range row.Expression.IDs() {
			if !slices.ContainsFunc(rows, func(r metricRow) bool { return r.ID == id }) {
				return fmt.Errorf("the expression %q uses %s, which is no row's id: give a row this id", row.Expression, id)
			}
		}
	}
	return nil
}

// splitRow takes the options from the end of a row.
func splitRow(raw []any) (words []string, options map[string]any, err error) {
	for i, part := range raw {
		switch part := part.(type) {
		case string:
			words = append(words, part)
		case map[string]any:
			if i != len(raw)-1 {
				return nil, nil, errors.New("its options are not at its end")
			}
			options = part
		default:
			return nil, nil, fmt.Errorf("%v is neither a text nor options", part)
		}
	}
	return words, options, nil
}

// expand replaces the shorthands by what the row above has.
func expand(words, above []string) ([]string, error) {
	var whole []string
	for i, word := range words {
		switch word {
		case "...", "..":
			missing := len(above) - (len(words) - 1)
			if missing < 0 {
				return nil, fmt.Errorf("%q has nothing to repeat: write the row out", word)
			}
			whole = append(whole, above[len(whole):len(whole)+missing]...)
		case ".":
			at := len(whole)
			if at >= len(above) {
				return nil, fmt.Errorf("the %q in place %d has nothing above it: write it out", word, i+1)
			}
			whole = append(whole, above[at])
		default:
			whole = append(whole, word)
		}
	}
	return whole, nil
}

func (p *metricProperties) row(words []string, options map[string]any) (metricRow, error) {
	text := func(name string) string { s, _ := options[name].(string); return s }
	period, _ := options["period"].(float64)
	visible, said := options["visible"].(bool)
	row := metricRow{
		ID: text("id"), Label: text("label"), Stat: text("stat"), Color: colorOf(text("color")),
		Period: p.periodOf(period), Right: right(text("yAxis")), Hidden: said && !visible,
	}
	if row.Stat == "" {
		row.Stat = p.Stat
	}
	if row.Stat == "" {
		row.Stat = metrics.Average // AWS: "If you omit this, Average is used"
	}
	if expression := text("expression"); expression != "" {
		if len(words) > 0 {
			return row, errors.New("it has a metric and an expression both: leave one out")
		}
		parsed, err := metrics.ParseExpression(expression)
		if err != nil {
			return row, fmt.Errorf("its expression %q cannot be drawn: %w", expression, err)
		}
		row.Expression = parsed
		if row.Label == "" {
			row.Label = expression
		}
		return row, nil
	}
	if len(words) < 2 || len(words)%2 != 0 {
		return row, fmt.Errorf("it has %d texts: it needs a namespace, a name, and dimensions in pairs", len(words))
	}
	if !metrics.ValidStatistic(row.Stat) {
		return row, fmt.Errorf("its statistic %q is not known here: use Average, Sum, Minimum, Maximum, SampleCount or a percentile like p99", row.Stat)
	}
	dimensions := map[string]string{}
	for i := 2; i < len(words); i += 2 {
		dimensions[words[i]] = words[i+1]
	}
	row.Key = metrics.NewKey(words[0], words[1], dimensions)
	if row.Label == "" {
		row.Label = words[1]
	}
	return row, nil
}

// distinct tells rows of the same label apart by what they measure.
func distinct(rows []metricRow) []metricRow {
	seen := map[string]int{}
	for _, row := range rows {
		seen[row.Label]++
	}
	for i := range rows {
		if r := &rows[i]; seen[r.Label] > 1 && r.Expression == nil {
			r.Label += " " + r.Stat + " " + r.Key.Dimensions
		}
	}
	return rows
}
