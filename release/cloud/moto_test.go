package cloud

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// moto is one server for all tests: a program of its own that keeps records of
// AWS's resources and runs none of them.
var moto struct {
	once    sync.Once
	url     string
	err     error
	process *exec.Cmd
}

// startMoto skips a test where there is no Python, or no package to be had.
// CI has both.
func startMoto(t *testing.T) *Account {
	t.Helper()
	moto.once.Do(func() { moto.url, moto.err = runMoto() })
	if moto.err != nil && os.Getenv("CI") != "true" {
		t.Skipf("moto does not run here: %v", moto.err)
	}
	if moto.err != nil {
		t.Fatal(moto.err)
	}
	return connectTo(t, moto.url)
}

func stopMoto() {
	if moto.process != nil {
		_ = syscall.Kill(-moto.process.Process.Pid, syscall.SIGKILL) // it may be gone
		_ = moto.process.Wait()
	}
}

// runMoto installs the pinned packages once and starts the server.
func runMoto() (string, error) {
	pins, err := os.ReadFile("testdata/requirements.txt")
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(pins)
	dir, err := filepath.Abs(filepath.Join("../../.local/.cache/moto", hex.EncodeToString(sum[:8])))
	if err != nil {
		return "", err
	}
	python := filepath.Join(dir, "bin", "python")
	if _, err := os.Stat(filepath.Join(dir, "complete")); err != nil {
		if err := installMoto(dir, python); err != nil {
			return "", err
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	address := listener.Addr().String()
	listener.Close()
	_, port, _ := net.SplitHostPort(address)
	moto.process = exec.Command(python, "-c", "import sys; from moto.server import main; main(sys.argv[1:])", "-H", "127.0.0.1", "-p", port)
	for _, pair := range os.Environ() { // what is set for our side is not for its own
		if !strings.HasPrefix(pair, "AWS_") {
			moto.process.Env = append(moto.process.Env, pair)
		}
	}
	moto.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := moto.process.Start(); err != nil {
		moto.process = nil
		return "", err
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		response, err := http.Get("http://" + address + "/moto-api/")
		if err == nil {
			response.Body.Close()
			return "http://" + address, nil
		}
		if time.Now().After(deadline) {
			return "", fmt.Errorf("it does not answer: %w", err)
		}
	}
}

func installMoto(dir, python string) error {
	system, err := exec.LookPath("python3")
	if err != nil {
		return errors.New("there is no python3")
	}
	if err := exec.Command(system, "-c", "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))").Run(); err != nil {
		return errors.New("there is no Python 3.11 with venv")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	for _, args := range [][]string{
		{system, "-m", "venv", "--clear", dir},
		{python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--requirement", "testdata/requirements.txt"},
	} {
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out)))
		}
	}
	return os.WriteFile(filepath.Join(dir, "complete"), nil, 0o600)
}

// TestG7_RealClientsAgainstMoto: what the hand-made stand-in answers could be
// what we want to hear; moto is written by others, from AWS's own models. It
// does not speak CBOR, so that CloudWatch and tags are left to the stand-in.
func TestG7_RealClientsAgainstMoto(t *testing.T) {
	a := startMoto(t)
	ctx, suffix := t.Context(), "moto"
	if a.ID != "123456789012" {
		t.Errorf("the account is %s", a.ID)
	}
	_, err := a.CheckBootstrap(ctx, 6)
	says(t, err, "is not bootstrapped")
	_, err = ssm.NewFromConfig(a.config).PutParameter(ctx, &ssm.PutParameterInput{
		Name: aws.String(bootstrapParameter), Value: aws.String("21"), Type: ssmtypes.ParameterTypeString,
	})
	if err != nil {
		t.Fatal(err)
	}
	if version, err := a.CheckBootstrap(ctx, 6); err != nil || version != 21 {
		t.Errorf("the bootstrap has version %d, %v", version, err)
	}
	if err := a.CheckQuotas(ctx, Needs{Zones: []string{"ap-southeast-2a"}, NATGateways: 1, ElasticIPs: 3}); err != nil {
		t.Errorf("an empty account has no room: %v", err)
	}

	_, err = a.CheckSecrets(ctx, suffix)
	says(t, err, "does not exist")
	for _, made := range []bool{true, false} {
		secrets, err := a.InitSecrets(ctx, suffix)
		if err != nil || len(secrets) != 2 || secrets[0].Made != made || secrets[1].Made != made {
			t.Errorf("the secrets are %+v, %v, want made %v", secrets, err, made)
		}
	}
	if arns, err := a.CheckSecrets(ctx, suffix); err != nil || !strings.Contains(arns.Database, ":secret:secret-catalog-db-moto-") {
		t.Errorf("the ARNs are %+v, %v", arns, err)
	}
	if token, err := a.WriteToken(ctx, suffix); err != nil || len(token) < 52 {
		t.Errorf("the token has %d characters, %v", len(token), err)
	}
	service, err := a.Service(ctx, suffix)
	if err != nil || service.Status != "" {
		t.Errorf("a service that does not exist is %+v, %v", service, err)
	}
	if targets, err := a.Targets(ctx, suffix); err != nil || len(targets) != 0 {
		t.Errorf("the targets are %v, %v", targets, err)
	}
}

// TestG7_StackAndSweepAgainstMoto: a stack that comes, is watched, and goes,
// and what it leaves.
func TestG7_StackAndSweepAgainstMoto(t *testing.T) {
	a := startMoto(t)
	ctx, name := t.Context(), "stack-registry-sweep"
	client := cloudformation.NewFromConfig(a.config)
	if stack, err := a.Stack(ctx, name); err != nil || stack.Status != "" {
		t.Errorf("a stack that does not exist is %+v, %v", stack, err)
	}
	watch, err := a.Watch(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.CreateStack(ctx, &cloudformation.CreateStackInput{StackName: aws.String(name), TemplateBody: aws.String(`{"Resources": {
		"R": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "ecr-catalog-sweep"}}}, "Outputs": {"EcrRepositoryUri": {"Value": "here"}}}`)})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.AwaitStack(ctx, name); err != nil {
		t.Error(err)
	}
	stack, err := a.Stack(ctx, name)
	if err != nil || !stack.Serves() || stack.Outputs["EcrRepositoryUri"] != "here" {
		t.Errorf("the stack is %+v, %v", stack, err)
	}
	events, err := watch.Read(ctx)
	if err != nil || len(events) == 0 || events[len(events)-1].Status != "CREATE_COMPLETE" {
		t.Errorf("the events are %+v, %v", events, err)
	}
	if again, err := watch.Read(ctx); err != nil || len(again) != 0 {
		t.Errorf("events are told twice: %+v, %v", again, err)
	}
	if images, err := a.Images(ctx, RepositoryName("sweep")); err != nil || len(images) != 0 {
		t.Errorf("the images are %v, %v", images, err)
	}
	_, err = cloudwatchlogs.NewFromConfig(a.config).CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("logs-api-sweep")})
	if err != nil {
		t.Fatal(err)
	}
	n := names{"sweep"}
	for _, s := range []struct {
		find func(context.Context, *Account, names) ([]Leftover, error)
		want string
	}{
		{sweepStacks, "stack " + name},
		{sweepRepositories, "image repository ecr-catalog-sweep"},
		{sweepLogGroups, "log group logs-api-sweep"},
		{sweepClusters, ""},
		{sweepSnapshots, ""},
		{sweepLoadBalancers, ""},
		{sweepInterfaces, ""},
		{sweepSecrets, ""},
		{sweepKeys, ""},
	} {
		found, err := s.find(ctx, a, n)
		if err != nil || (s.want == "") != (len(found) == 0) || s.want != "" && found[0].String() != s.want {
			t.Errorf("found %v, %v, want %q", found, err, s.want)
		}
	}
	if _, err := client.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: aws.String(name)}); err != nil {
		t.Fatal(err)
	}
	if found, err := sweepRepositories(ctx, a, n); err != nil || len(found) != 0 {
		t.Errorf("after the destroy: %v, %v", found, err)
	}
}
