package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// result is one round of one contender.
type result struct {
	rate float64 // requests per second
	cpu  float64 // of the contender, in µs per request
	p99  float64 // milliseconds
}

var (
	rateLine  = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	countLine = regexp.MustCompile(`(\d+) requests in`)
	tailLine  = regexp.MustCompile(`99%\s+([\d.]+)(us|ms|s)`)
)

// measure sends one round's load. An answer that is not 2XX, or a connection
// that fails, makes the round worthless.
func measure(ctx context.Context, c *contender, o options) (result, error) {
	before, err := cpuTime(c.pid)
	if err != nil {
		return result{}, err
	}
	command := exec.CommandContext(ctx, "wrk", "-t2", "-c"+strconv.Itoa(o.connections),
		"-d"+strconv.Itoa(max(1, int(o.span.Seconds())))+"s", "--latency", c.url+"/api/products?page=2")
	out, err := command.Output()
	if err != nil {
		return result{}, err
	}
	after, err := cpuTime(c.pid)
	if err != nil {
		return result{}, err
	}
	text := string(out)
	if strings.Contains(text, "Non-2xx") || strings.Contains(text, "Socket errors") {
		return result{}, errors.New("requests failed: " + text)
	}
	rate, count, tail := rateLine.FindStringSubmatch(text), countLine.FindStringSubmatch(text), tailLine.FindStringSubmatch(text)
	if rate == nil || count == nil || tail == nil {
		return result{}, errors.New("wrk's answer cannot be read: " + text)
	}
	unit := map[string]float64{"us": 0.001, "ms": 1, "s": 1000}[tail[2]]
	return result{
		rate: number(rate[1]), p99: number(tail[1]) * unit,
		cpu: float64((after - before).Microseconds()) / number(count[1]),
	}, nil
}

func number(text string) float64 {
	n, _ := strconv.ParseFloat(text, 64) // the expressions above let nothing else through
	return n
}

// tick is the kernel's clock tick (USER_HZ), the same on every Linux.
const tick = 10 * time.Millisecond

// cpuTime is what a process and its children have used.
func cpuTime(pid int) (time.Duration, error) {
	total, err := ownTime(pid)
	if err != nil {
		return 0, err
	}
	children, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "task", strconv.Itoa(pid), "children"))
	if err != nil {
		return total, nil
	}
	for child := range strings.FieldsSeq(string(children)) {
		id, err := strconv.Atoi(child)
		if err != nil {
			return 0, err
		}
		one, err := ownTime(id)
		if err != nil {
			return 0, err
		}
		total += one
	}
	return total, nil
}

func ownTime(pid int) (time.Duration, error) {
	content, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(content), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, fmt.Errorf("the CPU time of process %d cannot be read", pid)
	}
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick, errors.Join(err1, err2)
}
