package local

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// inOrder sorts names so that each comes behind those that it needs; among
// equals by name, so that every run has the same order.
func inOrder(needs map[string][]string) ([]string, error) {
	var order []string
	state := map[string]int{} // 0 not seen, 1 on the way, 2 done
	var visit func(name string, way []string) error
	visit = func(name string, way []string) error {
		switch state[name] {
		case 2:
			return nil
		case 1:
			circle := append(way[slices.Index(way, name):], name)
			return fmt.Errorf("they need each other in a circle: %s", strings.Join(circle, " → "))
		}
		state[name] = 1
		way = append(way, name)
		for _, need := range slices.Sorted(slices.Values(needs[name])) {
			if _, ok := needs[need]; !ok {
				return fmt.Errorf("%s refers to %s, which does not exist", name, need)
			}
			if err := visit(need, way); err != nil {
				return err
			}
		}
		state[name] = 2
		order = append(order, name)
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(needs)) {
		if err := visit(name, nil); err != nil {
			return nil, err
		}
	}
	return order, nil
}

// resourceNeeds finds which resources each resource of a template needs: what
// it depends on by name and what its properties refer to.
func (t Template) resourceNeeds() map[string][]string {
	needs := make(map[string][]string, len(t.Resources))
	for id, d := range t.Resources {
		found := map[string]bool{}
		for _, name := range stringsOf(d.DependsOn) {
			found[name] = true
		}
		collectReferences(d.Properties, func(name string) {
			if _, isParameter := t.Parameters[name]; !isParameter && !strings.HasPrefix(name, "AWS::") {
				found[name] = true
			}
		})
		needs[id] = slices.Sorted(maps.Keys(found))
	}
	return needs
}

// subVariable is a variable in the text of Fn::Sub; ${!literal} is none.
var subVariable = regexp.MustCompile(`\$\{([^!}][^}]*)\}`)

// collectReferences calls found for each name that Ref, Fn::GetAtt or Fn::Sub
// refers to in a value.
func collectReferences(value any, found func(name string)) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			collectReferences(item, found)
		}
	case map[string]any:
		for key, item := range v {
			switch {
			case key == "Ref" && len(v) == 1:
				if name, ok := item.(string); ok {
					found(name)
				}
			case key == "Fn::GetAtt" && len(v) == 1:
				if id, _, ok := attributeOf(item); ok {
					found(id)
				}
			case key == "Fn::Sub" && len(v) == 1:
				text, own := subParts(item)
				for _, m := range subVariable.FindAllStringSubmatch(text, -1) {
					if _, isOwn := own[m[1]]; !isOwn {
						name, _, _ := strings.Cut(m[1], ".")
						found(name)
					}
				}
				collectReferences(own, found)
			default:
				collectReferences(item, found)
			}
		}
	}
}

// attributeOf reads the argument of Fn::GetAtt: ["Id", "Name"] or "Id.Name".
func attributeOf(v any) (id, name string, ok bool) {
	switch v := v.(type) {
	case string:
		return strings.Cut(v, ".")
	case []any:
		if len(v) == 2 {
			id, isID := v[0].(string)
			name, isName := v[1].(string)
			return id, name, isID && isName
		}
	}
	return "", "", false
}

// subParts reads the argument of Fn::Sub: a text, or a text and its own names.
func subParts(v any) (text string, own map[string]any) {
	switch v := v.(type) {
	case string:
		return v, nil
	case []any:
		if len(v) == 2 {
			text, _ = v[0].(string)
			own, _ = v[1].(map[string]any)
		}
	}
	return text, own
}

func stringsOf(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, item := range v {
			if s, ok := item.(string); ok {
				all = append(all, s)
			}
		}
		return all
	}
	return nil
}
