package measure

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"catalog/local/pgserver"
)

// Machine is where and with what it was measured.
type Machine struct {
	Date     string `json:"date"`
	CPU      string `json:"cpu"`
	Cores    int    `json:"cores"`
	Memory   string `json:"memory"`
	Kernel   string `json:"kernel"`
	Go       string `json:"go"`
	Commit   string `json:"commit"`
	Postgres string `json:"postgres"`
}

// ReadMachine asks this one; the commit is that of the working directory.
func ReadMachine(ctx context.Context) Machine {
	output := func(name string, args ...string) string {
		out, err := exec.CommandContext(ctx, name, args...).Output()
		if err != nil {
			return "unknown"
		}
		return strings.TrimSpace(string(out))
	}
	postgres := func() string {
		binaries, err := pgserver.Binaries("node_modules")
		if err != nil {
			return "unknown"
		}
		return output(filepath.Join(binaries, "bin", "postgres"), "--version")
	}
	return Machine{
		Date: time.Now().Format(time.DateOnly), Cores: runtime.NumCPU(), Go: runtime.Version(),
		CPU: field("/proc/cpuinfo", "model name"), Memory: field("/proc/meminfo", "MemTotal"), Kernel: output("uname", "-sr"),
		Commit:   output("git", "describe", "--always", "--dirty"),
		Postgres: postgres(),
	}
}

// field is a line of a file with names and values.
func field(path, name string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(content)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// String is one sentence for a report.
func (m Machine) String() string {
	return fmt.Sprintf("Measured on %s at commit %s: %d cores of %s, %s of memory, %s, %s, %s.", m.Date, m.Commit, m.Cores, m.CPU, m.Memory, m.Kernel, m.Go, m.Postgres)
}
