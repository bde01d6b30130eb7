package console

import "fmt"

// insights is a CloudWatch Logs Insights query of the kind that runs here:
//
//	SOURCE 'group' | fields a, @timestamp as t | filter a in ["x"] and b like /y/ | sort @timestamp desc | limit 20
//
// display is fields; comments begin with #. Everything else, above all stats
// and parse, is refused by name.
type insights struct {
	Sources []string // log groups; none is all of them
	Fields  []insightsField
	Filters []condition // each must hold
	Sort    []sortKey
	Limit   int
}

// insightsField is a field and what its column is called.
type insightsField struct{ Name, As string }

// sortKey is a field to sort by.
type sortKey struct {
	Field      string
	Descending bool
}

// Limits (AWS: "limit", 1 to 10,000; without it 10,000 lines are answered, of
// which a page shows the first).
const (
	maxInsightsLimit     = 10_000
	defaultInsightsLimit = 1000
	maxInsightsQuery     = 10_000
)

// defaultFields are those of a query without fields.
var defaultFields = []insightsField{{"@timestamp", "@timestamp"}, {"@message", "@message"}}

// queryError says where in a query the trouble is, counted in bytes from 1.
type queryError struct {
	At   int
	What string
}

func (e *queryError) Error() string {
	return fmt.Sprintf("the query cannot be read at character %d: %s", e.At, e.What)
}
