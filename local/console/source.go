package console

import (
	"time"

	"catalog/local"
	"catalog/local/metrics"
	"catalog/local/traces"
)

// Source is what the pages show. A local.Environment is one.
type Source interface {
	// Status is everything that runs, at this moment.
	Status() local.Status
	// Dashboards are the template's, their references resolved.
	Dashboards() []local.Dashboard
	// StateDir has the logs.
	StateDir() string
	// Metrics and Traces may be nil: nothing was measured or traced then.
	Metrics() *metrics.Store
	Traces() *traces.Store
}

var _ Source = (*local.Environment)(nil)

// Options say what else the pages show.
type Options struct {
	// RunbooksDir holds the runbooks, one Markdown file each; "" leaves them out.
	RunbooksDir string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}
