package template

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// asValue is a Go value as JSON has it, for want to look into.
func asValue(t *testing.T, v any) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(asJSON(v)), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// rendered puts texts together as CloudFormation does: Fn::Join is joined, an
// account is 123456789012, and every other reference is ${its target}.
func rendered(value any) any {
	switch value := value.(type) {
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = rendered(item)
		}
		return list
	case map[string]any:
		if join, ok := value["Fn::Join"].([]any); ok {
			var text strings.Builder
			for i, part := range join[1].([]any) {
				if i > 0 {
					text.WriteString(join[0].(string))
				}
				fmt.Fprint(&text, rendered(part))
			}
			return text.String()
		}
		if name, ok := value["Ref"].(string); ok {
			if name == "AWS::AccountId" {
				return "123456789012"
			}
			return "${" + name + "}"
		}
		if path, ok := value["Fn::GetAtt"].([]any); ok {
			return fmt.Sprintf("${%v.%v}", path...)
		}
		object := map[string]any{}
		for key, item := range value {
			object[key] = rendered(item)
		}
		return object
	}
	return value
}

// after says whether a resource is created after another one: it depends on it
// or refers to it.
func (tmpl template) after(id, other string) bool {
	r := tmpl.Resources[id]
	text := asJSON(r.Properties)
	return tmpl.dependsOn(id, other) || strings.Contains(text, `{"Ref":"`+other+`"}`) ||
		strings.Contains(text, `{"Fn::GetAtt":["`+other+`",`)
}

// templates are both stacks of an environment.
func (e *environment) templates() []template { return []template{e.registry, e.catalog} }
