package main_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

func TestSeedWritesACatalogAndNothingElse(t *testing.T) {
	t.Parallel()
	for format, first := range map[string]string{"ndjson": `{"sku":"SEED-0000001",`, "csv": "sku,gtin,name,"} {
		code, stdout, stderr := runToEnd(t, nil, "seed", "--products", "100", "--seed", "1", "--format", format)
		if code != 0 || stderr != "" || !strings.HasPrefix(stdout, first) {
			t.Errorf("%s: code %d, stderr %q, stdout %.100q", format, code, stderr, stdout)
		}
		if lines := strings.Count(stdout, "\n"); format == "ndjson" && lines != 100 || format == "csv" && lines != 101 {
			t.Errorf("%s has %d lines", format, lines)
		}
		if _, again, _ := runToEnd(t, nil, "seed", "--products=100", "--format="+format); again != stdout {
			t.Errorf("%s is another catalog the second time", format)
		}
	}
}

func TestSeedRefusesInOneSentenceBeforeTheFirstByte(t *testing.T) {
	t.Parallel()
	for arguments, word := range map[string]string{
		"--products 0": "1 to 1000000000", "--products -5": "-5", "--products many": "many",
		"--format xml": "csv or ndjson", "--format tsv": "csv or ndjson", "--seed -1": "-1", "catalog.ndjson": "catalog.ndjson",
	} {
		code, stdout, stderr := runToEnd(t, nil, append([]string{"seed"}, strings.Fields(arguments)...)...)
		if code != 1 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, word) {
			t.Errorf("%s: code %d, stdout %q, stderr %q", arguments, code, stdout, stderr)
		}
	}
}

func TestSeedSaysHowACatalogIsLoaded(t *testing.T) {
	t.Parallel()
	code, stdout, _ := runToEnd(t, nil, "seed", "--help")
	for _, want := range []string{"--products", "--seed", "--format", "curl -T -", "imports?category_separator=/"} {
		if code != 0 || !strings.Contains(stdout, want) {
			t.Errorf("code %d, and it does not say %q:\n%s", code, want, stdout)
		}
	}
}

// huge is a catalog that is still being written when a test has seen enough.
func huge(t *testing.T, shell ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	var errs bytes.Buffer
	command := exec.CommandContext(t.Context(), program, "seed", "--products", "1000000000")
	if len(shell) > 0 {
		command = exec.CommandContext(t.Context(), shell[0], shell[1:]...)
	}
	command.Env, command.Stderr = []string{quickExit, "PATH=" + os.Getenv("PATH")}, &errs
	return command, &errs
}

// TestSeedEndsQuietlyWhenNobodyReads: as head does, with SIGPIPE ignored as
// well, which some parents leave to their children.
func TestSeedEndsQuietlyWhenNobodyReads(t *testing.T) {
	t.Parallel()
	for _, before := range []string{"", "trap '' PIPE; "} {
		command, errs := huge(t, "sh", "-c", before+program+" seed --products 1000000000 | head -3")
		out, err := command.Output()
		if err != nil || bytes.Count(out, []byte("\n")) != 3 || errs.Len() > 0 {
			t.Errorf("%q: %v, %d bytes, stderr %q", before, err, len(out), errs)
		}
	}
}

func TestSeedEndsWithAWholeRecordWhenItIsInterrupted(t *testing.T) {
	t.Parallel()
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		command, errs := huge(t)
		stdout, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		r := bufio.NewReader(stdout)
		if _, err := r.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		if err := command.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		last := ""
		for line := ""; err == nil; line, err = r.ReadString('\n') {
			last = line
		}
		if rest, _ := r.ReadString('\n'); rest != "" || !strings.HasSuffix(last, "}\n") {
			t.Errorf("%v: the output ends with %q and %q", s, last, rest)
		}
		command.Wait()
		if code := command.ProcessState.ExitCode(); code != 1 || strings.Count(errs.String(), "\n") != 1 || !strings.Contains(errs.String(), "whole record") {
			t.Errorf("%v: code %d, %q", s, code, errs)
		}
	}
}
