package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// Names inside a state folder.
const (
	lockFile    = "lock"
	stateFile   = "environment.json"
	secretsDir  = "secrets"
	postgresDir = "postgres"
	logsDir     = "logs"
	openDir     = 0o755 // PostgreSQL may run as another user below it
	privateDir  = 0o700
	privateFile = 0o600
	loopback    = "127.0.0.1"
	megabyte    = 1 << 20
)

// State says where a running environment can be asked.
type State struct {
	PID     int    `json:"pid"`
	Console string `json:"console"`
	Socket  string `json:"socket"` // of the control
}

// lockState takes the state folder for this process, or says who has it.
func lockState(dir string) (*os.File, error) {
	if err := checkStateOwner(os.Geteuid(), dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, openDir); err != nil {
		return nil, fmt.Errorf("the state folder cannot be made: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, privateFile)
	if err != nil {
		return nil, fmt.Errorf("the state folder cannot be locked: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		who := "another `catalogctl up`"
		if s, err := ReadState(dir); err == nil {
			who += " (pid " + strconv.Itoa(s.PID) + ")"
		}
		return nil, fmt.Errorf("%s already runs in %s: stop it with Ctrl-C, or choose another --suffix", who, dir)
	}
	return file, nil
}

func unlockState(dir string, lock *os.File) error {
	err := os.Remove(filepath.Join(dir, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if os.Geteuid() == 0 {
		err = errors.Join(err, giveBack(dir))
	}
	return errors.Join(err, giveUp(lock))
}

// giveUp gives a lock up. Closing alone would leave it to a child that is just
// being started and has the file open still.
func giveUp(lock *os.File) error {
	return errors.Join(syscall.Flock(int(lock.Fd()), syscall.LOCK_UN), lock.Close())
}

// ReadState reads where the environment in a state folder can be asked.
func ReadState(dir string) (State, error) {
	var s State
	content, err := os.ReadFile(filepath.Join(dir, stateFile))
	if err != nil {
		return s, fmt.Errorf("no environment runs in %s: start it with make run, or catalogctl up", dir)
	}
	return s, json.Unmarshal(content, &s)
}

func writeState(dir string, s State) error {
	content, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, stateFile), content, privateFile)
}

// CheckSpace refuses a folder whose disk has fewer bytes free than a database
// needs.
func CheckSpace(dir string, minimum uint64) error {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return fmt.Errorf("the free space of %s cannot be read: %w", dir, err)
	}
	if free := s.Bavail * uint64(s.Bsize); free < minimum {
		return fmt.Errorf("the disk of %s has %d MiB free and the database needs %d: free some space",
			dir, free/megabyte, minimum/megabyte)
	}
	return nil
}

// listenLocal takes a port of this machine, on loopback only.
func listenLocal(port int, what, flag string) (net.Listener, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(loopback, strconv.Itoa(port)))
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("port %d for %s is used by another program: stop that one, or choose another with %s (0 takes any free one)", port, what, flag)
	}
	if err != nil {
		return nil, fmt.Errorf("port %d for %s cannot be taken: %w: choose another with %s", port, what, err, flag)
	}
	return listener, nil
}
