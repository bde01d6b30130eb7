package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"catalog/release/cloud/standin"
)

// envProgram makes the test binary the program itself, race detector and all.
const envProgram = "CATALOGCTL_TEST_PROGRAM"

func init() {
	if os.Getenv(envProgram) == "" {
		return
	}
	signals, stop := watchSignals(context.Background())
	root := newCommand(signals)
	suffix := root.PersistentFlags().Lookup("suffix")
	value := suffix.Value.String()
	for name, add := range map[string]func(*cobra.Command, *string) *cobra.Command{"status": withAWSStatus, "rollback": withAWSRollback} {
		if cmd, _, err := root.Find([]string{name}); err == nil && cmd.Flags().Lookup("aws") == nil {
			add(cmd, &value)
		}
	}
	for _, cmd := range awsCommands(&value) {
		if found, _, err := root.Find([]string{cmd.Name()}); err != nil || found == root {
			check := root.PersistentPreRunE
			cmd.PersistentPreRunE = func(c *cobra.Command, args []string) error {
				value = suffix.Value.String()
				return check(c, args)
			}
			root.AddCommand(cmd)
		}
	}
	err := root.ExecuteContext(signals.first)
	stop()
	os.Exit(exitCode(err))
}

// cloudTest is a small checkout, a stand-in for AWS, and one for the CDK.
type cloudTest struct {
	checkout
	aws *standin.AWS
}

// cdkStandIn writes a small assembly, and leaves stacks to the stand-in for AWS.
const cdkStandIn = `const fs = require("fs"), args = process.argv.slice(2);
if (args[0] === "synth") {
  const out = args[args.indexOf("--output") + 1], artifacts = {};
  for (const [name, resources, parameters] of [["stack-registry-dev", {}, {}],
      ["stack-catalog-dev", {N: {Type: "AWS::EC2::NatGateway"}, E: {Type: "AWS::EC2::EIP"}, S: {Type: "AWS::EC2::Subnet", Properties: {AvailabilityZone: "ap-southeast-2a"}}}, {ImageDigest: {}, MigrationImageDigest: {}}]]) {
    fs.writeFileSync(out + "/" + name + ".json", JSON.stringify({Resources: resources, Parameters: parameters}));
    artifacts[name] = {type: "aws:cloudformation:stack", environment: "aws://unknown-account/ap-southeast-2",
      properties: {templateFile: name + ".json", requiresBootstrapStackVersion: 6}};
  }
  fs.writeFileSync(out + "/asked.json", JSON.stringify(args));
  fs.writeFileSync(out + "/manifest.json", JSON.stringify({artifacts}));
} else {
  fetch(process.env.AWS_ENDPOINT_URL + "/cdk", {method: "POST", body: JSON.stringify(args)}).then(r => r.json()).then(r => {
    console.error(r.output); process.exitCode = r.code;
  });
}
`

func newCloudTest(t *testing.T) cloudTest {
	t.Helper()
	aws := standin.Start("dev")
	t.Cleanup(aws.Close)
	c := cloudTest{checkout{t: t, dir: t.TempDir(), env: append(os.Environ(), envProgram+"=1", "AWS_ENDPOINT_URL="+aws.URL,
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_PROFILE=", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_MAX_ATTEMPTS=2", "CI=")}, aws}
	for name, content := range map[string]string{
		"go.mod": "module catalog\n\ngo 1.26\n", "contract/contract.go": "package contract\n", "cdk.json": "{}",
		"cmd/infra/main.go":            "package main\n\nfunc main() {}\n",
		"cmd/catalog/main.go":          "package main\n\nvar version string\n\nfunc main() { println(version) }\n",
		"node_modules/aws-cdk/bin/cdk": cdkStandIn,
		"integration/smoke_test.go":    smokeStandIn,
		".gitignore":                   ".local\ncfn-outputs\n",
	} {
		c.write(name, content)
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=t", "-c", "user.email=t@example", "commit", "-qm", "first"}} {
		command := exec.Command("git", args...)
		command.Dir = c.dir
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v %s", args, err, out)
		}
	}
	return c
}

// smokeStandIn is an integration test that sees whether it gets what the real
// ones need.
const smokeStandIn = `package integration

import (
	"os"
	"testing"
)

func TestL2_Smoke(t *testing.T) {
	if _, err := os.ReadFile(os.Getenv("CFN_OUTPUTS")); err != nil || os.Getenv("API_WRITE_TOKEN") != "not-to-be-seen-2" {
		t.Error("it gets no outputs or no token", err)
	}
	if _, err := os.Stat("broken"); err == nil {
		t.Error("the API does not answer")
	}
}
`

// call starts the program against the stand-ins.
func (c cloudTest) call(args ...string) *run {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	c.t.Cleanup(cancel)
	r := &run{command: exec.CommandContext(ctx, os.Args[0], args...)}
	r.command.Dir, r.command.Env, r.command.Stdout, r.command.Stderr = c.dir, c.env, &r.stdout, &r.stderr
	c.must(r.command.Start())
	return r
}

// ends wants an end with a code whose last words hold all parts, and no secret
// anywhere.
func (c cloudTest) ends(r *run, code int, parts ...string) {
	c.t.Helper()
	if code == 0 {
		r.done(c.t, parts[0])
	} else {
		r.refused(c.t, code, parts...)
	}
	if said := r.stdout.String() + r.stderr.String(); strings.Contains(said, "not-to-be-seen") || strings.Contains(said, "\x1b[") {
		c.t.Errorf("a secret or a colour was printed: %s", said)
	}
}

func deployYes() []string { return []string{"deploy", "--yes"} }

// onDeployOf lets the stand-in do something else for one stack.
func (c cloudTest) onDeployOf(stack string, do func(args []string) (int, string)) {
	c.aws.Do(func() {
		c.aws.OnCDK = func(r *http.Request, args []string) (int, string) {
			if args[1] == stack {
				return do(args)
			}
			return c.aws.Deploys(r, args)
		}
	})
}

// interrupt sends what Ctrl-C does, as soon as something is so.
func (r *run) interrupt(t *testing.T, when func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !when(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came to the interruption: %s", r.stderr.String())
		}
	}
	if err := r.command.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
}

func (c cloudTest) status(stack string) (status string) {
	c.aws.Do(func() {
		if s := c.aws.Stacks[stack]; s != nil {
			status = s.Status
		}
	})
	return status
}

// TestG7_DeployAndDestroy: the whole way, twice there, and back to nothing.
func TestG7_DeployAndDestroy(t *testing.T) {
	t.Parallel()
	c := newCloudTest(t)
	first := c.call("deploy", "--yes", "--json")
	c.ends(first, 0, "AlbDnsName")
	var outputs map[string]string
	c.must(json.Unmarshal(first.stdout.Bytes(), &outputs))
	written, err := os.ReadFile(c.path("cfn-outputs/flat-outputs.json"))
	c.must(err)
	if len(outputs) != 6 || !bytes.Equal(written, first.stdout.Bytes()) {
		t.Errorf("the outputs are %s, in the file %s", first.stdout.String(), written)
	}
	parameters := func() (all map[string]string) {
		c.aws.Do(func() { all = c.aws.Stacks["stack-catalog-dev"].Parameters })
		return all
	}
	before := parameters()
	if before["InitialDeployment"] != "true" || !strings.HasPrefix(before["ImageDigest"], "sha256:") || !strings.HasSuffix(before["DatabaseSecretArn"], "-AbCdEf") {
		t.Errorf("the first deployment was given %v", before)
	}
	c.aws.Do(func() {
		if !slices.Contains(c.aws.Images, before["ImageDigest"]) {
			t.Errorf("%s was not pushed: %v", before["ImageDigest"], c.aws.Images)
		}
		c.aws.Answers["DescribeServices"] = `{"services":[{"status":"ACTIVE","desiredCount":7,"runningCount":7}]}`
	})
	again := c.call(deployYes()...)
	c.ends(again, 0, "smoke")
	if after := parameters(); after["InitialDeployment"] != "false" || after["ImageDigest"] != before["ImageDigest"] {
		t.Errorf("a scaled-out service gets %v", after)
	}
	c.ends(c.call("outputs", "--json"), 0, `"ApiUrl"`)
	c.ends(c.call("destroy", "--yes"), 0, "nothing is left that should not be")
	if left := c.status("stack-catalog-dev") + c.status("stack-registry-dev"); left != "" {
		t.Errorf("stacks are left: %s", left)
	}
	c.ends(c.call("destroy", "--yes"), 0, "nothing is to be deleted")
}
