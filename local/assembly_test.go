package local

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeFiles makes a folder of files from their names and texts.
func writeFiles(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const oneResource = `{"Resources": {"A": {"Type": "AWS::EC2::VPC"}}}`

func TestReadAssemblyOrdersItsStacks(t *testing.T) {
	t.Parallel()
	dir := writeFiles(t, map[string]string{
		"manifest.json": `{"version": "54.0.0", "artifacts": {
			"a-catalog": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/ap-southeast-2",
				"properties": {"templateFile": "a.json", "stackName": "stack-catalog"}, "dependencies": ["a.assets", "z-registry"]},
			"z-registry": {"type": "aws:cloudformation:stack", "environment": "aws://123456789012/eu-west-1",
				"properties": {"templateFile": "z.json"}},
			"a.assets": {"type": "cdk:asset-manifest", "properties": {"file": "a.assets.json"}},
			"Tree": {"type": "cdk:tree"}}}`,
		"a.json": `{"Resources": {"A": {"Type": "AWS::EC2::VPC", "Properties": {"X": {"Ref": "B"}}, "DependsOn": ["B"]}},
			"Outputs": {"O": {"Value": 1}}}`,
		"z.json": oneResource,
	})
	assembly, err := ReadAssembly(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(assembly.Stacks) != 2 {
		t.Fatalf("%d stacks, want 2", len(assembly.Stacks))
	}
	registry, catalog := assembly.Stacks[0], assembly.Stacks[1]
	if registry.Name != "z-registry" || registry.Region != "eu-west-1" {
		t.Errorf("the first stack is %s in %s: its artifact's id must be its name, and it comes before what needs it", registry.Name, registry.Region)
	}
	if catalog.Name != "stack-catalog" || catalog.Region != "ap-southeast-2" {
		t.Errorf("the second stack is %s in %s", catalog.Name, catalog.Region)
	}
	if catalog.Template.Resources["A"].Type != "AWS::EC2::VPC" || catalog.Template.Outputs["O"].Value != float64(1) {
		t.Errorf("the template is not read: %+v", catalog.Template)
	}
}

func TestReadAssemblySaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	const stack = `{"artifacts": {"s": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "t.json"}}}}`
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"an empty folder":    {nil, []string{"it has no manifest.json"}},
		"a broken manifest":  {map[string]string{"manifest.json": `{"artifacts": [`}, []string{"manifest.json is not the JSON"}},
		"another manifest":   {map[string]string{"manifest.json": `{"artifacts": []}`}, []string{"manifest.json is not the JSON"}},
		"no stack":           {map[string]string{"manifest.json": `{"artifacts": {"Tree": {"type": "cdk:tree"}}}`}, []string{"its manifest names no stack"}},
		"a missing template": {map[string]string{"manifest.json": stack}, []string{"it has no t.json"}},
		"a broken template":  {map[string]string{"manifest.json": stack, "t.json": "{"}, []string{"t.json is not the JSON"}},
		"an empty template":  {map[string]string{"manifest.json": stack, "t.json": "{}"}, []string{"t.json declares no resource"}},
		"a circle": {map[string]string{"manifest.json": `{"artifacts": {
			"a": {"type": "aws:cloudformation:stack", "dependencies": ["b"]},
			"b": {"type": "aws:cloudformation:stack", "dependencies": ["a"]}}}`}, []string{"the stacks in", "circle: a → b → a"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := writeFiles(t, c.files)
			_, err := ReadAssembly(dir)
			wantError(t, err, c.want...)
			if name != "a circle" { // which a new synthesis would have too
				wantError(t, err, "the cloud assembly in "+dir+" is damaged: ", ": remove "+dir+" and start again")
			}
		})
	}
	_, err := ReadAssembly(filepath.Join(t.TempDir(), "nowhere"))
	wantError(t, err, "nowhere does not exist", "make synth")
}

func TestParameterValues(t *testing.T) {
	t.Parallel()
	template := Template{Parameters: map[string]Parameter{
		"Digest":  {AllowedPattern: "^sha256:[0-9a-f]{4}$", ConstraintDescription: "the digest of an image"},
		"Initial": {Default: "false", AllowedValues: []string{"true", "false"}},
		"Plain":   {Default: "a", AllowedPattern: "[a-c]+"},
		"Number":  {Default: float64(2)},
	}}
	for name, c := range map[string]struct {
		given map[string]string
		want  string // the error; "" is none
	}{
		"all by default":     {map[string]string{"Digest": "sha256:00ff"}, ""},
		"all given":          {map[string]string{"Digest": "sha256:00ff", "Initial": "true", "Plain": "abc", "Number": "3"}, ""},
		"others are ignored": {map[string]string{"Digest": "sha256:00ff", "OfAnotherStack": "x"}, ""},
		"neither":            {nil, "parameter Digest has neither a value nor a default"},
		"against the list":   {map[string]string{"Digest": "sha256:00ff", "Initial": "yes"}, `parameter Initial is "yes": it must be one of true, false`},
		"against a pattern":  {map[string]string{"Digest": "latest"}, `parameter Digest is "latest": it must be the digest of an image`},
		"only a part fits":   {map[string]string{"Digest": "sha256:00ff", "Plain": "xax"}, `parameter Plain is "xax": it must be like [a-c]+`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values, err := template.parameterValues(c.given)
			if c.want != "" {
				wantError(t, err, c.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for parameter, declared := range template.Parameters {
				want := declared.Default
				if given, ok := c.given[parameter]; ok {
					want = given
				}
				if values[parameter] != want {
					t.Errorf("%s is %v, want %v", parameter, values[parameter], want)
				}
			}
			if len(values) != len(template.Parameters) {
				t.Errorf("the values are %v: the template has %d parameters", values, len(template.Parameters))
			}
		})
	}
}

// Whatever a folder holds, reading it gives stacks with resources or an error.
func FuzzReadAssembly(f *testing.F) {
	const stack = `{"artifacts": {"s": {"type": "aws:cloudformation:stack", "environment": "aws://a/r", "properties": {"templateFile": "t.json"}}}}`
	f.Add(stack, oneResource)
	f.Add(stack, `{"Parameters": {"P": {"AllowedValues": [1]}}, "Resources": {"A": null}}`)
	f.Add(`{"artifacts": {"s": {"type": "aws:cloudformation:stack", "dependencies": ["s"]}}}`, "")
	f.Add(`null`, `null`)
	f.Fuzz(func(t *testing.T, manifest, template string) {
		if strings.Contains(manifest, "..") {
			return // stay in the folder
		}
		assembly, err := ReadAssembly(writeFiles(t, map[string]string{"manifest.json": manifest, "t.json": template}))
		if err != nil {
			return
		}
		if len(assembly.Stacks) == 0 {
			t.Fatal("neither an error nor a stack")
		}
		for _, s := range assembly.Stacks {
			if s.Name == "" && !strings.Contains(manifest, `""`) || len(s.Template.Resources) == 0 {
				t.Errorf("a stack without a name or a resource: %+v", s)
			}
			s.Template.resourceNeeds()
			_, _ = s.Template.parameterValues(nil)
		}
	})
}
