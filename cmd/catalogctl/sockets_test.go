package main

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// socket is one that hears: a TCP one that listens, or a UDP one.
type socket struct {
	protocol, inode string
	at              netip.AddrPort
}

// hearing reads the sockets of a file like /proc/net/tcp (proc_net_tcp: the
// address is words of four bytes, each in the machine's order).
func hearing(protocol, table string) (all []socket, err error) {
	for i, line := range strings.Split(strings.TrimSpace(table), "\n") {
		fields := strings.Fields(line)
		if i == 0 || len(fields) < 10 {
			continue
		}
		if strings.HasPrefix(protocol, "tcp") && fields[3] != "0A" { // TCP_LISTEN
			continue
		}
		words, port, ok := strings.Cut(fields[1], ":")
		raw, err := hex.DecodeString(words)
		if err != nil || !ok {
			return nil, fmt.Errorf("%q is no address", fields[1])
		}
		for word := range slices.Chunk(raw, 4) {
			slices.Reverse(word)
		}
		address, ok := netip.AddrFromSlice(raw)
		var number uint16
		if _, err := fmt.Sscanf(port, "%04X", &number); err != nil || !ok {
			return nil, fmt.Errorf("%q is no address", fields[1])
		}
		all = append(all, socket{protocol, fields[9], netip.AddrPortFrom(address.Unmap(), number)})
	}
	return all, nil
}

// socketsOf are the sockets on which these processes hear.
func socketsOf(t *testing.T, pids []int) []socket {
	t.Helper()
	theirs := map[string]bool{}
	for _, pid := range pids {
		links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range links {
			to, _ := os.Readlink(link) // it may be closed by now
			if inode, ok := strings.CutPrefix(to, "socket:["); ok {
				theirs[strings.TrimSuffix(inode, "]")] = true
			}
		}
	}
	var found []socket
	for _, protocol := range []string{"tcp", "tcp6", "udp", "udp6"} {
		table, err := os.ReadFile("/proc/net/" + protocol)
		if os.IsNotExist(err) {
			continue // without IPv6
		}
		if err != nil {
			t.Fatal(err)
		}
		all, err := hearing(protocol, string(table))
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range all {
			if theirs[one.inode] {
				found = append(found, one)
			}
		}
	}
	return found
}

// family is a process and all below it.
func family(t *testing.T, root int) []int {
	t.Helper()
	children := map[int][]int{}
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, _ := os.ReadFile(file) // it may have ended
		_, behind, ok := strings.Cut(string(content), ") ")
		var state string
		var parent, pid int
		if _, err := fmt.Sscan(behind, &state, &parent); err != nil || !ok {
			continue
		}
		if _, err := fmt.Sscan(string(content), &pid); err == nil {
			children[parent] = append(children[parent], pid)
		}
	}
	all := []int{root}
	for i := 0; i < len(all); i++ {
		all = append(all, children[all[i]]...)
	}
	return all
}

// TestG3_ASocketForEverybodyIsSeen: a look that takes every address for a
// loopback one would let every socket pass.
func TestG3_ASocketForEverybodyIsSeen(t *testing.T) {
	t.Parallel()
	const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
	const rest = " 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100 0 0 10 0\n"
	for _, c := range []struct {
		protocol, line string
		loopback       bool
	}{
		{"tcp", "   0: 0100007F:1F90 00000000:0000 0A", true},
		{"tcp", "   0: 00000000:1F90 00000000:0000 0A", false},
		{"tcp", "   0: 0500A8C0:1F90 00000000:0000 0A", false},
		{"udp", "   0: 0100007F:1F90 00000000:0000 07", true},
		{"udp", "   0: 00000000:1F90 00000000:0000 07", false},
		{"tcp6", "   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A", true},
		{"tcp6", "   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A", false},
		{"tcp6", "   0: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A", true},
	} {
		all, err := hearing(c.protocol, head+c.line+rest)
		if err != nil || len(all) != 1 || all[0].at.Addr().IsLoopback() != c.loopback || all[0].at.Port() != 8080 || all[0].inode != "4711" {
			t.Errorf("%s %s is read as %+v, %v", c.protocol, c.line, all, err)
		}
	}
}
