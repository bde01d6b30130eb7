package eventpattern

import (
	"encoding/json"
	"regexp"
	"strings"
)

// placeholder is a name in an input template.
var placeholder = regexp.MustCompile(`<[A-Za-z0-9_.-]+>`)

// Transform fills an input template with what its paths find in an event: a
// path is $.detail.reason; a value inside quotes stands there as it is,
// another one as JSON (AWS: "Amazon EventBridge input transformation"). What
// a path does not find is empty.
func Transform(event []byte, paths map[string]string, template string) string {
	var document any
	if json.Unmarshal(event, &document) != nil {
		return ""
	}
	var out strings.Builder
	rest, quoted := template, false
	for {
		at := placeholder.FindStringIndex(rest)
		if at == nil {
			out.WriteString(rest)
			return out.String()
		}
		before := rest[:at[0]]
		if strings.Count(before, `"`)%2 == 1 {
			quoted = !quoted
		}
		out.WriteString(before)
		name := rest[at[0]+1 : at[1]-1]
		if path, known := paths[name]; known {
			out.WriteString(asText(lookup(document, path), quoted))
		} else {
			out.WriteString(rest[at[0]:at[1]])
		}
		rest = rest[at[1]:]
	}
}

func lookup(document any, path string) any {
	path = strings.TrimPrefix(strings.TrimPrefix(path, "$"), ".")
	if path == "" {
		return document
	}
	for field := range strings.SplitSeq(path, ".") {
		object, ok := document.(map[string]any)
		if !ok {
			return nil
		}
		document = object[field]
	}
	return document
}

func asText(value any, quoted bool) string {
	if value == nil {
		return ""
	}
	content, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	if text, isText := value.(string); isText && quoted {
		inside, _ := json.Marshal(text)
		return string(inside[1 : len(inside)-1])
	}
	return string(content)
}
