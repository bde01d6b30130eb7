package rest

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the contract and its page are part of the program
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed openapi.yaml
var contractYAML []byte

//go:embed docs.html
var docsPage []byte

// contractAnswer is the contract as programs read it. It is made once, when it
// is asked for first: a task that starts has better things to do.
var contractAnswer = sync.OnceValues(func() (*answer, error) {
	body, err := yamlToJSON(contractYAML)
	return newAnswer(body, []string{`"` + contentTag(body) + `"`}, time.Unix(0, 0)), err
})

var docsTag = sync.OnceValue(func() string { return contentTag(docsPage) })

// docsPolicy lets the page run what it brings and nothing else.
var docsPolicy = sync.OnceValue(func() string {
	return "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" +
		"; script-src " + sourceHash(docsPage, "script") + "; style-src " + sourceHash(docsPage, "style")
})

// contentTag is an entity tag of content that only a deployment changes.
func contentTag(content []byte) string {
	hash := sha256.Sum256(content)
	return hex.EncodeToString(hash[:8])
}

func (s *Server) openAPI(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	a, err := contractAnswer()
	if err != nil {
		return err
	}
	return a.give(w, r)
}

// docs answers the page on which to read and try the API.
func (s *Server) docs(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Security-Policy", docsPolicy())
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("ETag", `"`+docsTag()+`"`)
	h.Set("Cache-Control", "no-cache") // the next deployment may bring another page
	if matches(r.Header.Values("If-None-Match"), docsTag()) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	w.Write(docsPage)
	return nil
}

// sourceHash names the text of the page's one element of this name, as a
// Content-Security-Policy does.
func sourceHash(page []byte, element string) string {
	_, rest, _ := bytes.Cut(page, []byte("<"+element+">"))
	text, _, _ := bytes.Cut(rest, []byte("</"+element+">"))
	hash := sha256.Sum256(text)
	return "'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'"
}

// yamlToJSON keeps the order of the members, which a map would lose: people
// read the document too.
func yamlToJSON(source []byte) ([]byte, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(source, &root); err != nil {
		return nil, fmt.Errorf("reading openapi.yaml: %w", err)
	}
	var b bytes.Buffer
	if err := writeNode(&b, &root); err != nil {
		return nil, fmt.Errorf("writing openapi.yaml as JSON: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func writeNode(b *bytes.Buffer, n *yaml.Node) error {
	switch n.Kind {
	case yaml.DocumentNode:
		return writeNode(b, n.Content[0])
	case yaml.MappingNode:
		return writeAll(b, n.Content, '{', '}', func(i int) byte { return ":,"[i%2] })
	case yaml.SequenceNode:
		return writeAll(b, n.Content, '[', ']', func(int) byte { return ',' })
	case yaml.ScalarNode:
		return writeScalar(b, n)
	}
	return fmt.Errorf("line %d: aliases are not used here", n.Line)
}

// writeAll writes nodes with what separates the i-th from the next.
func writeAll(b *bytes.Buffer, nodes []*yaml.Node, first, last byte, separator func(i int) byte) error {
	b.WriteByte(first)
	for i, n := range nodes {
		if err := writeNode(b, n); err != nil {
			return err
		}
		if i < len(nodes)-1 {
			b.WriteByte(separator(i))
		}
	}
	b.WriteByte(last)
	return nil
}

func writeScalar(b *bytes.Buffer, n *yaml.Node) error {
	var v any = n.Value
	switch n.Tag {
	case "!!int", "!!float", "!!bool", "!!null":
		if err := n.Decode(&v); err != nil {
			return err
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	b.Write(text)
	return nil
}
