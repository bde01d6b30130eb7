package local

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"catalog/local/registry"
)

// repository is an ECR repository: a registry on a port of loopback. What is
// pushed there is what the tasks run; the template's own names stay as AWS
// forms them.
type repository struct {
	record
	environment *Environment
	settings    registry.Settings
	server      atomic.Pointer[registry.Repository] // nil before it runs
}

// Events of a repository.
const (
	ImagePushed  = "IMAGE_PUSHED"
	ImageExpired = "IMAGE_EXPIRED"
)

func newRepository(e *Environment, d declared) (runner, error) {
	r := &repository{record: newRecord(d), environment: e}
	r.name = strings.ToLower(r.name) // as CloudFormation's own names are
	var err error
	r.settings, err = r.read(d)
	return r, err
}

// repositoryProperties are the ones that this place keeps; scanning and
// encryption are AWS's.
type repositoryProperties struct {
	ImageTagMutability string
	LifecyclePolicy    struct{ LifecyclePolicyText string }
}

// lifecyclePolicy is ECR's (AWS: "Lifecycle policy properties in Amazon ECR").
type lifecyclePolicy struct {
	Rules []lifecycleRule `json:"rules"`
}

type lifecycleRule struct {
	Selection struct {
		TagStatus   string `json:"tagStatus"`
		CountType   string `json:"countType"`
		CountNumber int    `json:"countNumber"`
	} `json:"selection"`
	Action struct {
		Type string `json:"type"`
	} `json:"action"`
}

// read takes the settings out of a declaration. A lifecycle rule of another
// kind than a count of all images is AWS's alone, and said to be.
func (r *repository) read(d declared) (registry.Settings, error) {
	var p repositoryProperties
	if err := d.decode(&p); err != nil {
		return registry.Settings{}, err
	}
	settings := registry.Settings{Immutable: p.ImageTagMutability == "IMMUTABLE"}
	policy, err := parseLifecycle(p.LifecyclePolicy.LifecyclePolicyText)
	if err != nil {
		return settings, err
	}
	for _, rule := range policy.Rules {
		s := rule.Selection
		if s.TagStatus == "any" && s.CountType == "imageCountMoreThan" && rule.Action.Type == "expire" {
			settings.Keep = s.CountNumber
			continue
		}
		r.environment.report(Event{
			Stack: d.stack.Name, ID: d.id, Type: d.typ, Status: NotRun,
			Detail: fmt.Sprintf("its lifecycle rule on %s images by %s does nothing here", s.TagStatus, s.CountType),
		})
	}
	return settings, nil
}

func parseLifecycle(text string) (lifecyclePolicy, error) {
	var p lifecyclePolicy
	if text == "" {
		return p, nil
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return p, fmt.Errorf("its LifecyclePolicyText is not what Amazon ECR takes: %w", err)
	}
	for _, rule := range p.Rules {
		if rule.Selection.CountNumber < 1 {
			return p, fmt.Errorf("its LifecyclePolicyText has a countNumber of %d: it must be 1 or more", rule.Selection.CountNumber)
		}
	}
	return p, nil
}

func (r *repository) start(context.Context) error {
	say := func(status, detail string) {
		r.environment.report(Event{Stack: r.stack.Name, ID: r.id, Type: r.typ, Status: status, Detail: detail})
	}
	server, err := registry.Start(r.name, r.settings, registry.Told{
		Pushed:  func(tag, digest string) { say(ImagePushed, tag+", "+digest) },
		Expired: func(digest string) { say(ImageExpired, digest) },
	})
	if err != nil {
		return fmt.Errorf("its port cannot be taken: %w", err)
	}
	r.server.Store(server)
	return nil
}

func (r *repository) stop(context.Context) error {
	if server := r.server.Load(); server != nil {
		return server.Close()
	}
	return nil
}

// update changes the settings; the images stay.
func (r *repository) update(_ context.Context, d declared) error {
	settings, err := r.read(d)
	if err != nil {
		return err
	}
	r.server.Load().Change(settings)
	return nil
}

func (r *repository) uri() string {
	uri, _ := r.attribute("RepositoryUri")
	return uri
}

// RepositoryStatus is one repository: its name, its address on AWS, which the
// template's images have, and the one here, which images are pushed to.
type RepositoryStatus struct {
	Name    string `json:"name"`
	URI     string `json:"uri"`
	Address string `json:"address"`
	Images  int    `json:"images"`
}

func (r *repository) status() RepositoryStatus {
	status := RepositoryStatus{Name: r.name, URI: r.uri()}
	if server := r.server.Load(); server != nil { // a status page asks while it starts
		status.Address, status.Images = server.Address(), server.Images()
	}
	return status
}

// createAndPush creates a stack and lets the caller push to its repositories.
func (e *Environment) createAndPush(ctx context.Context, p plan) error {
	stack := p.stack.Name
	if err := e.create(ctx, p); err != nil || e.options.Push == nil {
		return err
	}
	for _, r := range all[*repository](e) {
		if r.stack.Name != stack {
			continue
		}
		if err := e.options.Push(ctx, r.status()); err != nil {
			return fmt.Errorf("stack %s: %s: %w", stack, r.id, err)
		}
	}
	return nil
}

// pullTimeout is more than an image takes on loopback.
const pullTimeout = time.Minute
