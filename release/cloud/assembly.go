package cloud

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Assembly is what a synthesized cloud assembly will ask of an account.
type Assembly struct {
	Dir       string
	Region    string
	Bootstrap int // the version of the CDK's bootstrap stack that it needs, 0 none
	stacks    map[string]document
}

// document is the part of a template that is looked at here.
type document struct {
	Parameters map[string]struct{ Default *string }
	Resources  map[string]struct {
		Type       string
		Properties map[string]any
	}
}

type manifest struct {
	Artifacts map[string]struct {
		Type        string `json:"type"`
		Environment string `json:"environment"`
		Properties  struct {
			TemplateFile string `json:"templateFile"`
			StackName    string `json:"stackName"`
			Bootstrap    int    `json:"requiresBootstrapStackVersion"`
		} `json:"properties"`
	} `json:"artifacts"`
}

// ReadAssembly reads a folder that the CDK has written (AWS CDK: "Cloud
// assembly").
func ReadAssembly(dir string) (*Assembly, error) {
	content, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		return nil, fmt.Errorf("the cloud assembly cannot be read: %w: run catalogctl clean and the same command again", err)
	}
	a, files, err := parseManifest(content)
	if err != nil {
		return nil, fmt.Errorf("%s holds no cloud assembly: %w: run catalogctl clean and the same command again", dir, err)
	}
	a.Dir = dir
	for name, file := range files {
		content, err := os.ReadFile(filepath.Join(dir, file))
		var template document
		if err == nil {
			err = json.Unmarshal(content, &template)
		}
		if err != nil {
			return nil, fmt.Errorf("the template of %s cannot be read: %w: run catalogctl clean and the same command again", name, err)
		}
		a.stacks[name] = template
	}
	return a, nil
}

// parseManifest finds the stacks: by name, the file of each one's template.
func parseManifest(content []byte) (*Assembly, map[string]string, error) {
	var m manifest
	if err := json.Unmarshal(content, &m); err != nil {
		return nil, nil, err
	}
	a, files := &Assembly{stacks: map[string]document{}}, map[string]string{}
	for id, artifact := range m.Artifacts {
		a.Bootstrap = max(a.Bootstrap, artifact.Properties.Bootstrap)
		if artifact.Type != "aws:cloudformation:stack" {
			continue
		}
		if !filepath.IsLocal(artifact.Properties.TemplateFile) {
			return nil, nil, fmt.Errorf("the template of %s lies outside of it", id)
		}
		name := id
		if artifact.Properties.StackName != "" {
			name = artifact.Properties.StackName
		}
		files[name] = artifact.Properties.TemplateFile
		if at := strings.LastIndex(artifact.Environment, "/"); at >= 0 {
			a.Region = artifact.Environment[at+1:]
		}
	}
	if len(files) == 0 {
		return nil, nil, fmt.Errorf("it has no stack")
	}
	return a, files, nil
}

// Has says whether a stack's template takes a parameter.
func (a *Assembly) Has(stack, parameter string) bool {
	_, ok := a.stacks[stack].Parameters[parameter]
	return ok
}

// Needs is what a stack takes of what an account has few of.
type Needs struct {
	Zones       []string // that get a NAT gateway each
	NATGateways int
	ElasticIPs  int
}

// Needs counts them in a stack's template.
func (a *Assembly) Needs(stack string) Needs {
	var n Needs
	for _, resource := range a.stacks[stack].Resources {
		switch resource.Type {
		case "AWS::EC2::NatGateway":
			n.NATGateways++
		case "AWS::EC2::EIP":
			n.ElasticIPs++
		case "AWS::EC2::Subnet":
			if zone, ok := resource.Properties["AvailabilityZone"].(string); ok && !slices.Contains(n.Zones, zone) {
				n.Zones = append(n.Zones, zone)
			}
		}
	}
	slices.Sort(n.Zones)
	return n
}
