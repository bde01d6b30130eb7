package traces

import "strconv"

// understand takes an attribute for what OpenTelemetry's semantic conventions
// say that it means, in their stable words and in those of their past, which
// the collector's X-Ray exporter knows. The rest become annotations.
func (s *Segment) understand(name, value string) {
	switch name {
	case "http.request.method", "http.method":
		s.Method = clip(value)
	case "url.path", "http.target":
		s.Path = pathOf(value)
	case "url.full", "http.url":
		if s.Path == "" {
			s.Path = pathOf(value)
		}
	case "http.response.status_code", "http.status_code":
		s.setStatus(value)
	case "db.query.text", "db.statement":
		s.SQL = withoutValues(value)
	case "db.query.summary":
		if s.SQL == "" {
			s.SQL = clip(value) // an operation and a table: never a value
		}
	case "db.namespace", "db.name":
		s.Database = clip(value)
	case "db.connection_string":
		s.annotate(name, withoutUser(value))
	case "exception.message":
		s.Message = clip(value)
	default:
		s.annotate(name, value)
	}
}

// setStatus takes an HTTP status of three digits and nothing else.
func (s *Segment) setStatus(text string) {
	if status, err := strconv.Atoi(text); err == nil && status >= 100 && status <= 599 {
		s.Status = status
	}
}
