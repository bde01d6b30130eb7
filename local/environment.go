package local

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"catalog/local/metrics"
	"catalog/local/traces"
)

// Options say how an environment runs.
type Options struct {
	// StateDir keeps the environment's data, secrets, logs and lock.
	StateDir string
	// Port is the load balancer's, DashboardPort the status page's; 0 is any
	// free one. Both listen on 127.0.0.1.
	Port          int
	DashboardPort int
	// DatabasePort is PostgreSQL's; 0 is any free one. DatabaseEndpoint is what
	// the tasks are told in its place, as host:port, when a proxy stands in front
	// of it; "" is the server itself.
	DatabasePort     int
	DatabaseEndpoint string
	// Parameters are the stacks' parameters by name.
	Parameters map[string]string
	// Images finds images that are unpacked on this machine already; nil has
	// none. All others are pulled from the template's repositories.
	Images ImageStore
	// Push is called for every repository as soon as its stack is there: what
	// the next stacks run must be pushed to its address by then. nil pushes
	// nothing.
	Push func(ctx context.Context, to RepositoryStatus) error
	// PostgresDir holds PostgreSQL's bin, lib and share.
	PostgresDir string
	// Console makes the page behind DashboardUrl; nil leaves only /status.json.
	Console func(*Environment) http.Handler
	// BakeTime takes the place of the template's, for deployments that a
	// person waits for; nil leaves it.
	BakeTime *time.Duration
	// Hurry ends when a start that failed is to be cleared away at once; nil
	// is never.
	Hurry context.Context
	// OnDown is called once when somebody asks for the end through the control
	// socket, from the beginning of the start on.
	OnDown func()
	// Fresh drops the database of the run before.
	Fresh bool
	// MinFreeBytes is the disk space below which nothing is started; 0 is
	// DefaultMinFreeBytes.
	MinFreeBytes uint64
	// Progress is called for every step, from one goroutine at a time.
	Progress func(Event)
}

// DefaultMinFreeBytes covers a fresh database cluster and its first log.
const DefaultMinFreeBytes = 256 << 20

// Environment is a running assembly.
type Environment struct {
	options  Options
	secrets  *secretStore
	front    net.Listener // the production listener's, taken before anything starts
	console  *console
	metadata *metadataServer
	metrics  *metrics.Store
	watcher  *watcher
	traces   *traces.Receiver
	control  *control
	lock     *os.File

	progress      sync.Mutex // one event at a time
	mu            sync.Mutex
	resources     map[string]map[string]resource // by stack and logical id
	stacks        map[string]*stackState         // by name
	order         []string                       // of the stacks
	created       []creation                     // in order
	events        []Event                        // the last ones
	eventLog      *os.File
	eventsDropped int // how many came before those
	notifications []Notification
	outputs       map[string]map[string]string // by stack
	revisions     map[string]int               // of task definitions, by family
	started       time.Time

	updating          sync.Mutex      // one change of the stacks at a time
	closing           context.Context // ends when the environment is taken down
	close             context.CancelFunc
	down              sync.Once
	current, previous Release
}

// creation is a resource that was started and must be stopped.
type creation struct {
	declared
	runner
}

// Up creates every resource of the assembly, in order. When one fails, what
// was started is stopped again.
func Up(ctx context.Context, assembly *Assembly, o Options) (_ *Environment, err error) {
	e := &Environment{
		options: o, resources: map[string]map[string]resource{}, stacks: map[string]*stackState{},
		outputs: map[string]map[string]string{}, revisions: map[string]int{}, started: time.Now(),
		metrics: metrics.NewStore(),
		current: Release{Assembly: assembly, Parameters: o.Parameters},
	}
	e.closing, e.close = context.WithCancel(context.Background())
	if err := CheckDatabaseEndpoint(o.DatabaseEndpoint); err != nil {
		return nil, err
	}
	plans, err := e.plan(assembly, o.Parameters)
	if err != nil {
		return nil, err
	}
	e.updating.Lock() // an update waits for the start
	if err := e.prepare(); err != nil {
		return nil, errors.Join(err, e.release())
	}
	e.watcher = startWatcher(e)
	for _, p := range plans {
		if err := e.createAndPush(ctx, p); err != nil {
			e.updating.Unlock()
			return nil, errors.Join(err, e.Down(e.hurry()))
		}
	}
	e.updating.Unlock()
	return e, nil
}

// hurry ends when what stops is to be killed.
func (e *Environment) hurry() context.Context {
	if e.options.Hurry != nil {
		return e.options.Hurry
	}
	return context.Background()
}

// stopDeadline is how long everything together may take to stop.
const stopDeadline = 45 * time.Second

// Down closes the front door, then stops every resource in reverse order. No
// request is cut off, and tasks need not wait for a load balancer that has
// stopped sending. After stopDeadline, or when ctx ends, what still runs is
// killed. An update under way is cut short first, and nothing changes any more.
// It works once.
func (e *Environment) Down(ctx context.Context) (err error) {
	e.down.Do(func() { err = e.takeDown(ctx) })
	return err
}

func (e *Environment) takeDown(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stopDeadline)
	defer cancel()
	var errs []error
	for _, listener := range all[*listener](e) {
		errs = append(errs, listener.stop(ctx))
	}
	e.close()
	for _, s := range all[*service](e) {
		errs = append(errs, s.stop(ctx))
	}
	e.updating.Lock() // and never given back
	e.mu.Lock()
	created := slices.Clone(e.created)
	e.created = nil
	e.mu.Unlock()
	begin := time.Now()
	for _, name := range e.stackNames() {
		e.stackEvent(name, DeleteInProgress, "", begin)
	}
	for _, c := range slices.Backward(created) {
		errs = append(errs, e.end(ctx, c.declared, c.runner))
	}
	status, detail := DeleteComplete, ""
	if err := errors.Join(errs...); err != nil {
		status, detail = DeleteFailed, err.Error()
	}
	for _, name := range e.stackNames() {
		e.stackEvent(name, status, detail, begin)
	}
	return errors.Join(append(errs, e.release())...)
}

// stackNames are those of the stacks, the one that needs the others first.
func (e *Environment) stackNames() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	names := slices.Clone(e.order)
	slices.Reverse(names)
	return names
}

// Outputs are the stacks' outputs, in one flat map.
func (e *Environment) Outputs() map[string]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	outputs := map[string]string{}
	for _, stack := range e.outputs {
		maps.Copy(outputs, stack)
	}
	return outputs
}

// StateDir is where the environment keeps its data and logs.
func (e *Environment) StateDir() string { return e.options.StateDir }

// Dashboard is a CloudWatch dashboard as the template declares it, its
// references resolved.
type Dashboard struct{ Name, Body string }

// Dashboards are the template's.
func (e *Environment) Dashboards() []Dashboard {
	e.mu.Lock()
	defer e.mu.Unlock()
	var found []Dashboard
	for _, resources := range e.resources {
		for _, r := range resources {
			if recorded, ok := r.(record); ok && recorded.typ == "AWS::CloudWatch::Dashboard" {
				body, _ := recorded.properties["DashboardBody"].(string)
				found = append(found, Dashboard{Name: recorded.name, Body: body})
			}
		}
	}
	slices.SortFunc(found, func(a, b Dashboard) int { return strings.Compare(a.Name, b.Name) })
	return found
}

// consoleAddress is a URL into the AWS console.
var consoleAddress = regexp.MustCompile(`^https://[a-z0-9-]+\.console\.aws\.amazon\.com/`)

// here turns an address in the AWS console into that of the local page.
func (e *Environment) here(value string) string {
	if consoleAddress.MatchString(value) {
		return e.console.url()
	}
	return value
}
