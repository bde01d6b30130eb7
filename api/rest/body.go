package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"catalog/api/catalog"
)

// readJSON reads the one JSON document of a request into v. A field that v
// does not have, or of another type, is 422 and named; broken JSON is 400.
func readJSON(r *http.Request, v any) error {
	body, err := readBody(r, "application/json")
	if err != nil {
		return err
	}
	return decodeJSON(body, v)
}

// readBody reads a request's body of one of these media types.
func readBody(r *http.Request, types ...string) ([]byte, error) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || !slices.Contains(types, media) {
		return nil, problem(http.StatusUnsupportedMediaType, "unsupported_media_type", "send the document as Content-Type: "+types[0])
	}
	body, err := io.ReadAll(r.Body) // bounded by maxBody
	if err != nil {
		return nil, jsonProblem(err)
	}
	return body, nil
}

func decodeJSON(body []byte, v any) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber() // a number is what was written, not the nearest binary fraction
	decoder.DisallowUnknownFields()
	err := decoder.Decode(v)
	if pointer := unknownField(body, reflect.TypeOf(v)); pointer != "" {
		return catalog.Invalid(pointer, "is not a known field")
	}
	if err != nil {
		return jsonProblem(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return problem(http.StatusBadRequest, "malformed", "the body holds more than one JSON document")
	}
	return nil
}

func jsonProblem(err error) error {
	var syntax *json.SyntaxError
	var wrongType *json.UnmarshalTypeError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return err
	case errors.As(err, &wrongType):
		pointer := "" // the whole document
		if wrongType.Field != "" {
			pointer = "/" + strings.ReplaceAll(wrongType.Field, ".", "/")
		}
		return catalog.Invalid(pointer, fmt.Sprintf("must be %s, not %s", jsonType(wrongType), wrongType.Value))
	case errors.As(err, &syntax):
		return problem(http.StatusBadRequest, "malformed", fmt.Sprintf("the body is not JSON: %v at byte %d", err, syntax.Offset))
	case errors.Is(err, io.EOF):
		return problem(http.StatusBadRequest, "malformed", "the body is empty: send a JSON document")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return problem(http.StatusBadRequest, "malformed", "the body ends in the middle of a JSON document")
	}
	return problem(http.StatusBadRequest, "malformed", "the body cannot be read to its end")
}

// unknownField points to the first field of a document that a Go type does not
// have, "" where there is none. encoding/json would say its name but not where
// it is, and would take "SKU" for "sku": of a patch of the one, nothing came.
func unknownField(document []byte, t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var fields map[string]json.RawMessage
	if t.Kind() != reflect.Struct || json.NewDecoder(bytes.NewReader(document)).Decode(&fields) != nil {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		field, known := t.FieldByNameFunc(func(s string) bool {
			f, _ := t.FieldByName(s)
			return f.Tag.Get("json") == name
		})
		inner := ""
		if known {
			if inner = unknownField(fields[name], field.Type); inner == "" {
				continue
			}
		}
		return "/" + catalog.PointerToken(name) + inner
	}
	return ""
}

// jsonType names a Go type as JSON would.
func jsonType(e *json.UnmarshalTypeError) string {
	switch e.Type.Kind().String() {
	case "string":
		return "a string"
	case "int", "int64":
		return "a whole number"
	case "slice":
		return "an array"
	}
	return "an object"
}

// writeJSON answers v.
func writeJSON(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(append(body, '\n'))
	return nil
}
