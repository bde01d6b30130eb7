package traces

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// maxRequest is how many bytes a request may have, unpacked: 16 MiB, some
// thousand times what a batch of spans takes.
const maxRequest = 16 << 20

// The two encodings of OTLP over HTTP.
const (
	typeJSON  = "application/json"
	typeProto = "application/x-protobuf"
)

// errTooLarge stops a request that would not fit into memory.
var errTooLarge = fmt.Errorf("the request has more than %d bytes: send smaller batches", maxRequest)

// otlpHandler answers POST /v1/traces (OpenTelemetry: "OTLP Specification",
// OTLP/HTTP). Below /tasks/{task} the address says which task sends, as the
// collector's resource detection would find out.
func otlpHandler(store *Store) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/traces", func(w http.ResponseWriter, r *http.Request) { takeSpans(w, r, store) })
	mux.HandleFunc("POST /tasks/{task}/v1/traces", func(w http.ResponseWriter, r *http.Request) { takeSpans(w, r, store) })
	return mux
}

func takeSpans(w http.ResponseWriter, r *http.Request, store *Store) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	parse := parseJSON
	switch {
	case err == nil && kind == typeJSON:
	case err == nil && kind == typeProto:
		parse = parseProto
	default:
		refuse(w, typeJSON, http.StatusUnsupportedMediaType, "spans come as "+typeJSON+" or "+typeProto+": set Content-Type")
		return
	}
	content, err := readBody(r)
	switch {
	case errors.Is(err, errTooLarge):
		refuse(w, kind, http.StatusRequestEntityTooLarge, err.Error())
		return
	case err != nil:
		refuse(w, kind, http.StatusBadRequest, "the request cannot be read: "+err.Error())
		return
	}
	all, refused, err := parse(content, clip(r.PathValue("task")))
	if err != nil {
		refuse(w, kind, http.StatusBadRequest, "the request is no ExportTraceServiceRequest: "+err.Error())
		return
	}
	for _, one := range all {
		store.add(one)
	}
	accept(w, kind, refused)
}

// readBody reads a body, packed with gzip or not.
func readBody(r *http.Request) ([]byte, error) {
	var body io.Reader = r.Body
	switch encoding := r.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
	case "gzip":
		unpacked, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, err
		}
		body = unpacked
	default:
		return nil, fmt.Errorf("its Content-Encoding %q is not known here: send gzip or none", encoding)
	}
	content, err := io.ReadAll(io.LimitReader(body, maxRequest+1))
	if len(content) > maxRequest {
		return nil, errTooLarge
	}
	return content, err
}

// accept answers an ExportTraceServiceResponse. What was refused is said in its
// partial success: nobody need send it again.
func accept(w http.ResponseWriter, kind string, refused int) {
	const why = "their ids or times are not valid"
	w.Header().Set("Content-Type", kind)
	switch {
	case kind == typeProto && refused > 0: // partial_success 1: rejected_spans 1, error_message 2
		var partial []byte
		partial = protowire.AppendTag(partial, 1, protowire.VarintType)
		partial = protowire.AppendVarint(partial, uint64(refused))
		partial = protowire.AppendTag(partial, 2, protowire.BytesType)
		partial = protowire.AppendString(partial, why)
		w.Write(protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), partial))
	case kind == typeProto: // no member: no byte
	case refused > 0:
		json.NewEncoder(w).Encode(map[string]any{"partialSuccess": map[string]any{
			"rejectedSpans": strconv.Itoa(refused), "errorMessage": why,
		}})
	default:
		io.WriteString(w, "{}")
	}
}

// refuse answers a google.rpc.Status, whose message is field 2.
func refuse(w http.ResponseWriter, kind string, code int, message string) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(code)
	if kind == typeProto {
		w.Write(protowire.AppendString(protowire.AppendTag(nil, 2, protowire.BytesType), message))
		return
	}
	json.NewEncoder(w).Encode(map[string]string{"message": message})
}
