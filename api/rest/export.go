package rest

import (
	"net/http"

	"catalog/api/feed"
)

// exportMedia are the media types of an export.
var exportMedia = map[string]string{string(feed.NDJSON): "application/x-ndjson", string(feed.CSV): "text/csv"}

// exportProducts streams one snapshot of the catalog.
func (s *Server) exportProducts(w http.ResponseWriter, r *http.Request) error {
	values, err := parameters(r, "format")
	if err != nil {
		return err
	}
	format, err := oneOf(values, "format", string(feed.NDJSON), string(feed.CSV))
	if err != nil {
		return err
	}
	return s.stream(w, r, exportMedia[format], func(out *stream) error {
		writer, err := feed.NewWriter(out, feed.Format(format))
		if err != nil {
			return err
		}
		err = s.store.Export(out.ctx, func(document []byte) error {
			out.waiting.Stop()
			return writer.Write(document)
		})
		if err != nil {
			return err
		}
		return writer.Flush()
	})
}
