package flask_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"catalog/contract"
	"catalog/local/pgserver"
	"catalog/local/process"
	"catalog/release"
)

const (
	writeToken = "write-token-0123456789"
	dbPassword = "db-password-9876543210"
	dbName     = "catalog"
	patience   = 2 * time.Minute // a start is a second of computing, which others may need
)

// both are the two workloads on one database, for the tests that only ask.
var both struct {
	database *pgserver.Server
	image    release.FlaskImage
	program  string // the Go API
	golang   *server
	flask    *server
}

func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "workloads/flask:", err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (code int, err error) {
	ctx := context.Background()
	project := release.Project{Dir: filepath.Join("..", "..")}
	if project.Dir, err = filepath.Abs(project.Dir); err != nil {
		return 0, err
	}
	both.image, err = project.FlaskEnvironment(ctx, func(note string) { fmt.Fprintln(os.Stderr, note) })
	if errors.Is(err, release.ErrNoPython) && os.Getenv("CI") != "true" {
		fmt.Fprintln(os.Stderr, "workloads/flask: its tests are left out:", err)
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "catalog-flask-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // PostgreSQL is another user where the tests are root's
		return 0, err
	}
	both.program = filepath.Join(dir, "catalog")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", both.program, "../../cmd/catalog").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("go build: %w: %s", err, out)
	}
	if err := startDatabase(ctx, project, dir); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, both.database.Stop(ctx)) }()
	both.golang, err = startGo(nil)
	if err != nil {
		return 0, err
	}
	defer both.golang.stop()
	both.flask, err = startFlask(nil)
	if err != nil {
		return 0, err
	}
	defer both.flask.stop()
	return m.Run(), nil
}

// startDatabase starts PostgreSQL and runs the Go migrations, as the migrate
// container does before the API of either workload.
func startDatabase(ctx context.Context, project release.Project, dir string) error {
	binaries, err := pgserver.Binaries(project.NodeModules())
	if err != nil {
		return err
	}
	both.database, err = pgserver.New(pgserver.Options{
		Binaries: binaries, Dir: filepath.Join(dir, "postgres"), Username: "catalog", Password: dbPassword, Database: dbName, ForceTLS: true,
		Settings: map[string]string{"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"},
	})
	if err != nil {
		return err
	}
	if err := both.database.Start(ctx); err != nil {
		return errors.Join(err, both.database.Stop(ctx))
	}
	migrate := exec.CommandContext(ctx, both.program, "migrate")
	migrate.Env = taskEnvironment(0, nil)
	if out, err := migrate.CombinedOutput(); err != nil {
		return errors.Join(fmt.Errorf("catalog migrate: %w: %s", err, out), both.database.Stop(ctx))
	}
	return nil
}

// taskEnvironment is what the template and the local place inject.
func taskEnvironment(port int, with map[string]string) []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	variables := map[string]string{
		contract.EnvHost: "127.0.0.1", contract.EnvPort: strconv.Itoa(port), contract.EnvSuffix: "test", contract.EnvLogLevel: "info",
		contract.EnvDBHost: pgserver.Host, contract.EnvDBPort: strconv.Itoa(both.database.Port()), contract.EnvDBName: dbName,
		contract.EnvDBUsername: "catalog", contract.EnvDBPassword: dbPassword, contract.EnvDBCAFile: both.database.Authority(),
		contract.EnvAPIWriteToken: writeToken, contract.EnvOTelService: "catalog-test",
	}
	for name, value := range with {
		variables[name] = value
	}
	for name, value := range variables {
		env = append(env, name+"="+value)
	}
	return env
}

// server is one of the workloads, as a task of its own.
type server struct {
	url     string
	process *process.Process
	output  *output
}

// output keeps what a server says, for the tests that fail.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func startGo(with map[string]string) (*server, error) {
	return start(both.program, []string{"serve"}, "", with)
}

func startFlask(with map[string]string) (*server, error) {
	argv := append(append([]string{}, both.image.Entrypoint...), both.image.Command...)
	path := argv[0]
	if filepath.IsAbs(path) {
		path = filepath.Join(both.image.Root, path)
	}
	return start(path, argv[1:], both.image.Root, with)
}

// start starts a server and waits until it is healthy, and reaches its
// database unless with names another one, which is away.
func start(path string, args []string, dir string, with map[string]string) (*server, error) {
	port, err := process.FreePort()
	if err != nil {
		return nil, err
	}
	s := &server{url: "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), output: &output{}}
	s.process, err = process.Start(process.Program{Path: path, Args: args, Dir: dir, Env: taskEnvironment(port, with), Output: s.output})
	if err != nil {
		return nil, err
	}
	database := `"database":"up"`
	if with[contract.EnvDBPort] != "" {
		database = `"database":"down"`
	}
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if a, err := s.ask("GET", contract.HealthPath, nil, ""); err == nil && a.status == 200 && bytes.Contains(a.body, []byte(database)) {
			return s, nil
		}
		select {
		case <-s.process.Done:
			return nil, fmt.Errorf("%s ended with code %d: %s", path, s.process.ExitCode(), s.output)
		default:
		}
	}
	s.stop()
	return nil, fmt.Errorf("%s is not healthy after %s: %s", path, patience, s.output)
}
