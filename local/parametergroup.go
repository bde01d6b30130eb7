package local

import "context"

// parameterGroup holds settings for a server.
type parameterGroup struct {
	declared
	parameters map[string]string
}

func newParameterGroup(_ *Environment, d declared) (runner, error) {
	var p struct{ Parameters map[string]any }
	if err := d.decode(&p); err != nil {
		return nil, err
	}
	group := &parameterGroup{declared: d, parameters: map[string]string{}}
	for name, value := range p.Parameters {
		group.parameters[name] = plain(value)
	}
	return group, nil
}

func (g *parameterGroup) start(context.Context) error { return nil }
func (g *parameterGroup) stop(context.Context) error  { return nil }

func (g *parameterGroup) ref() string {
	if name, ok := g.properties["DBClusterParameterGroupName"].(string); ok {
		return name
	}
	return g.id
}

func (g *parameterGroup) attribute(string) (string, bool) { return "", false }
