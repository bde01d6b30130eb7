package rest_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// validateText holds a text of a media type to a schema, which in NDJSON is
// that of every line.
func (o *openAPI) validateText(schema place, media, text string) error {
	documents := []string{text}
	if media == "application/x-ndjson" {
		documents = slices.Collect(strings.Lines(text))
	} else if !strings.HasSuffix(media, "json") {
		return o.validate(schema, text)
	}
	for _, document := range documents {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
		if err == nil {
			err = o.validate(schema, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// validate holds a value to the schema at a place. The error names the first
// thing that is wrong.
func (o *openAPI) validate(schema place, value any) error {
	compiled, err := o.schema(schema)
	if err != nil {
		return err
	}
	var invalid *jsonschema.ValidationError
	if err = compiled.Validate(value); !errors.As(err, &invalid) {
		return err
	}
	for len(invalid.Causes) > 0 {
		invalid = invalid.Causes[0]
	}
	return fmt.Errorf("at /%s: %s", strings.Join(invalid.InstanceLocation, "/"),
		invalid.ErrorKind.LocalizedString(message.NewPrinter(language.English)))
}

// schema compiles what stands at a place, the first time.
func (o *openAPI) schema(where place) (schema *jsonschema.Schema, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	key := where.String()
	if o.compiled[key] == nil {
		escaped := strings.NewReplacer("{", "%7B", "}", "%7D").Replace(key)
		o.compiled[key], err = o.compiler.Compile("openapi.json" + escaped)
	}
	return o.compiled[key], err
}
