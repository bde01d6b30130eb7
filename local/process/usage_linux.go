package process

import (
	"bytes"
	"os"
	"strconv"
	"time"
)

// clockTick is the unit of times in /proc (proc_pid_stat(5), USER_HZ), the
// same on every architecture that Go runs on.
const clockTick = 10 * time.Millisecond

// readProcesses reads /proc. A process that ends meanwhile is left out.
func readProcesses() ([]one, error) {
	folder, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	names, err := folder.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var all []one
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + name + "/stat")
		if err != nil {
			continue
		}
		p, ok := parseStat(stat)
		if !ok {
			continue
		}
		p.pid = pid
		if line, err := os.ReadFile("/proc/" + name + "/cmdline"); err == nil {
			p.command = string(bytes.TrimRight(bytes.ReplaceAll(line, []byte{0}, []byte{' '}), " "))
		}
		all = append(all, p)
	}
	return all, nil
}

// parseStat reads /proc/pid/stat. The program's name, in brackets, may have
// anything in it, so the fields are counted behind the last bracket.
func parseStat(stat []byte) (one, bool) {
	end := bytes.LastIndexByte(stat, ')')
	if end < 0 {
		return one{}, false
	}
	fields := bytes.Fields(stat[end+1:]) // from the 3rd field, the state
	if len(fields) < 22 {
		return one{}, false
	}
	number := func(field int) int64 {
		n, err := strconv.ParseInt(string(fields[field-3]), 10, 64)
		if err != nil {
			return 0
		}
		return n
	}
	ticks := number(14) + number(15) + number(16) + number(17) // utime, stime, cutime, cstime
	return one{
		parent: int(number(4)), cpu: time.Duration(ticks) * clockTick, memory: uint64(max(number(24), 0)) * uint64(os.Getpagesize()),
	}, true
}
