package local

import (
	"context"
	"slices"
	"sync/atomic"
)

// cluster is a name that services belong to.
type cluster struct {
	declared
	providers atomic.Pointer[[]string] // nil before the association
}

// has says whether the cluster may use a capacity provider.
func (c *cluster) has(provider string) bool {
	providers := c.providers.Load()
	return providers != nil && slices.Contains(*providers, provider)
}

func newCluster(_ *Environment, d declared) (runner, error) { return &cluster{declared: d}, nil }

func (c *cluster) start(context.Context) error { return nil }
func (c *cluster) stop(context.Context) error  { return nil }

func (c *cluster) ref() string {
	if name, ok := c.properties["ClusterName"].(string); ok {
		return name
	}
	return c.id
}

func (c *cluster) attribute(name string) (string, bool) {
	return c.arn("ecs", "cluster/"+c.ref()), name == "Arn"
}

// capacityAssociation gives a cluster its capacity providers. A service that
// is created before it cannot use them: the order in the template matters
// here as it does on AWS.
type capacityAssociation struct {
	declared
	cluster   *cluster
	providers []string
}

func newCapacityAssociation(e *Environment, d declared) (runner, error) {
	var p struct {
		Cluster           string
		CapacityProviders []string
	}
	if err := d.decode(&p); err != nil {
		return nil, err
	}
	c, err := find[*cluster](e, p.Cluster)
	if err != nil {
		return nil, err
	}
	return &capacityAssociation{declared: d, cluster: c, providers: p.CapacityProviders}, nil
}

func (a *capacityAssociation) start(context.Context) error {
	a.cluster.providers.Store(&a.providers)
	return nil
}

func (a *capacityAssociation) update(_ context.Context, d declared) error {
	var p struct{ CapacityProviders []string }
	if err := d.decode(&p); err != nil {
		return err
	}
	a.cluster.providers.Store(&p.CapacityProviders)
	return nil
}

func (a *capacityAssociation) stop(context.Context) error {
	a.cluster.providers.Store(nil)
	return nil
}

func (a *capacityAssociation) ref() string                     { return a.cluster.ref() }
func (a *capacityAssociation) attribute(string) (string, bool) { return "", false }
