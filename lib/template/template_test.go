package template

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
)

// template is a synthesized CloudFormation template.
type template struct {
	Parameters map[string]map[string]any
	Resources  map[string]struct {
		Type                string
		Properties          map[string]any
		DependsOn           any
		DeletionPolicy      string
		UpdateReplacePolicy string
	}
	Outputs map[string]map[string]any
}

// all answers the properties of every resource of a type, by logical id.
func (tmpl template) all(typ string) map[string]map[string]any {
	found := map[string]map[string]any{}
	for id, r := range tmpl.Resources {
		if r.Type == typ {
			found[id] = r.Properties
		}
	}
	return found
}

// one answers the only resource of a type.
func (tmpl template) one(t *testing.T, typ string) (id string, properties map[string]any) {
	t.Helper()
	found := tmpl.all(typ)
	if len(found) != 1 {
		t.Fatalf("the template has %d of %s, want 1", len(found), typ)
	}
	for id, properties = range found {
	}
	return id, properties
}

// in follows names and positions into a value; nil where there is nothing.
func in(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[step]
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return nil
			}
			value = list[step]
		}
	}
	return value
}

// want fails the test unless the value at a path is as expected; numbers and
// structures are compared as JSON has them.
func want(t *testing.T, expected, value any, path ...any) {
	t.Helper()
	got := in(value, path...)
	content, err := json.Marshal(expected)
	if err != nil {
		t.Fatal(err)
	}
	var normalized any
	if err := json.Unmarshal(content, &normalized); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, normalized) {
		t.Errorf("%v is %v, want %v", path, asJSON(got), asJSON(normalized))
	}
}

func asJSON(v any) string {
	content, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(content)
}

// ref and attribute are references as they stand in a template.
func ref(id string) map[string]any { return map[string]any{"Ref": id} }

func attribute(id, name string) map[string]any {
	return map[string]any{"Fn::GetAtt": []any{id, name}}
}

// byKey finds the value of a Key/Value or Name/Value list.
func byKey(list any, key, value, wanted string) any {
	for _, item := range list.([]any) {
		if in(item, key) == wanted {
			return in(item, value)
		}
	}
	return nil
}

// container answers one container of the task definition.
func container(t *testing.T, name string) map[string]any {
	t.Helper()
	_, task := catalogTemplate.one(t, "AWS::ECS::TaskDefinition")
	for _, c := range task["ContainerDefinitions"].([]any) {
		if in(c, "Name") == name {
			return c.(map[string]any)
		}
	}
	t.Fatalf("the task has no container %s", name)
	return nil
}

// dependsOn says whether a resource names another one among those that it
// must come after.
func (tmpl template) dependsOn(id, other string) bool {
	switch names := tmpl.Resources[id].DependsOn.(type) {
	case string:
		return names == other
	case []any:
		return slices.Contains(names, any(other))
	}
	return false
}

// policyOf answers the statements of a policy by its name.
func policyOf(t *testing.T, tmpl template, name string) []any {
	t.Helper()
	for _, policy := range tmpl.all("AWS::IAM::Policy") {
		if policy["PolicyName"] == name {
			return in(policy, "PolicyDocument", "Statement").([]any)
		}
	}
	t.Fatalf("there is no policy %s", name)
	return nil
}

// text is the whole template, to look for names in.
func (tmpl template) text(t *testing.T) string {
	t.Helper()
	content, err := json.Marshal(tmpl)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
