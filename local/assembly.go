package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Assembly is what a CDK app synthesizes: its stacks, each behind those that
// it depends on.
type Assembly struct{ Stacks []Stack }

// Stack is one CloudFormation stack of an assembly.
type Stack struct {
	Name     string
	Region   string
	Template Template
}

// Template is a CloudFormation template, its intrinsics unresolved.
type Template struct {
	Parameters map[string]Parameter   `json:"Parameters"`
	Conditions map[string]any         `json:"Conditions"`
	Resources  map[string]Declaration `json:"Resources"`
	Outputs    map[string]Output      `json:"Outputs"`
}

// Parameter is a value that is given when a stack is created.
type Parameter struct {
	Type                  string   `json:"Type"`
	Default               any      `json:"Default"`
	AllowedValues         []string `json:"AllowedValues"`
	AllowedPattern        string   `json:"AllowedPattern"`
	ConstraintDescription string   `json:"ConstraintDescription"`
}

// Declaration is one resource as the template declares it.
type Declaration struct {
	Type       string         `json:"Type"`
	Condition  string         `json:"Condition"`
	Properties map[string]any `json:"Properties"`
	DependsOn  any            `json:"DependsOn"` // a string or a list of them
}

// Output is one value that a stack puts out.
type Output struct {
	Value     any    `json:"Value"`
	Condition string `json:"Condition"`
}

// manifest is the part of manifest.json that names the stacks (AWS: the CDK's
// cloud assembly schema).
type manifest struct {
	Artifacts map[string]struct {
		Type         string   `json:"type"`
		Environment  string   `json:"environment"`
		Dependencies []string `json:"dependencies"`
		Properties   struct {
			TemplateFile string `json:"templateFile"`
			StackName    string `json:"stackName"`
		} `json:"properties"`
	} `json:"artifacts"`
}

// ReadAssembly reads the assembly in a folder.
func ReadAssembly(dir string) (*Assembly, error) {
	var m manifest
	if err := readJSON(dir, "manifest.json", &m); err != nil {
		if _, missing := os.Stat(dir); errors.Is(missing, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s does not exist, so there is no cloud assembly: synthesize one with make synth", dir)
		}
		return nil, err
	}
	needs := map[string][]string{}
	for id, artifact := range m.Artifacts {
		if artifact.Type == "aws:cloudformation:stack" {
			needs[id] = artifact.Dependencies
		}
	}
	for id, all := range needs { // other artifacts, assets for one, are no stacks
		needs[id] = slices.DeleteFunc(slices.Clone(all), func(d string) bool { _, isStack := needs[d]; return !isStack })
	}
	ids, err := inOrder(needs)
	if err != nil {
		return nil, fmt.Errorf("the stacks in %s: %w", dir, err)
	}
	if len(ids) == 0 {
		return nil, damaged(dir, errors.New("its manifest names no stack"))
	}
	var assembly Assembly
	for _, id := range ids {
		artifact := m.Artifacts[id]
		stack := Stack{Name: artifact.Properties.StackName}
		if stack.Name == "" {
			stack.Name = id
		}
		_, stack.Region, _ = strings.Cut(strings.TrimPrefix(artifact.Environment, "aws://"), "/")
		file := artifact.Properties.TemplateFile
		if err := readJSON(dir, file, &stack.Template); err != nil {
			return nil, err
		}
		if len(stack.Template.Resources) == 0 {
			return nil, damaged(dir, fmt.Errorf("%s declares no resource", file))
		}
		assembly.Stacks = append(assembly.Stacks, stack)
	}
	return &assembly, nil
}

// readJSON reads a file of an assembly.
func readJSON(dir, file string, v any) error {
	content, err := os.ReadFile(filepath.Join(dir, file))
	if errors.Is(err, fs.ErrNotExist) {
		return damaged(dir, fmt.Errorf("it has no %s", file))
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, v); err != nil {
		return damaged(dir, fmt.Errorf("%s is not the JSON that it should be: %w", file, err))
	}
	return nil
}

// damaged says what helps where an assembly is kept from an earlier synthesis:
// it is made anew when it is not there.
func damaged(dir string, err error) error {
	return fmt.Errorf("the cloud assembly in %s is damaged: %w: remove %s and start again", dir, err, dir)
}

// parameterValues takes each parameter's value from those given or its
// default and holds it against its constraints.
func (t Template) parameterValues(given map[string]string) (map[string]any, error) {
	values := make(map[string]any, len(t.Parameters))
	for name, p := range t.Parameters {
		value, ok := given[name]
		switch {
		case !ok && p.Default == nil:
			return nil, fmt.Errorf("parameter %s has neither a value nor a default", name)
		case !ok:
			values[name] = p.Default
			continue
		case p.AllowedValues != nil && !slices.Contains(p.AllowedValues, value):
			return nil, fmt.Errorf("parameter %s is %q: it must be one of %s", name, value, strings.Join(p.AllowedValues, ", "))
		case !matches(p.AllowedPattern, value):
			return nil, fmt.Errorf("parameter %s is %q: it must be %s", name, value, orElse(p.ConstraintDescription, "like "+p.AllowedPattern))
		}
		values[name] = value
	}
	return values, nil
}

func matches(pattern, value string) bool {
	if pattern == "" {
		return true
	}
	compiled, err := regexp.Compile("^(?:" + pattern + ")$")
	return err == nil && compiled.MatchString(value)
}
