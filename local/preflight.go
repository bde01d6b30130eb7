package local

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strconv"
)

// Preflight refuses what Up would refuse after everything was built: a state
// folder that another environment has, a port that another program has.
func Preflight(stateDir string, port, dashboardPort, databasePort int) error {
	lock, err := lockState(stateDir)
	if err != nil {
		return err
	}
	defer giveUp(lock)
	front, err := listenLocal(port, "the load balancer", "--port")
	if err != nil {
		return err
	}
	defer front.Close()
	dashboard, err := listenLocal(dashboardPort, "the dashboard", "--dashboard-port")
	if err != nil {
		return err
	}
	defer dashboard.Close()
	database, err := listenLocal(databasePort, "the database", "--database-port")
	if err != nil {
		return err
	}
	return database.Close()
}

// CheckDatabaseEndpoint refuses what cannot stand in the place of the database:
// its certificate names this machine alone, and the credentials stay on it. ""
// is none.
func CheckDatabaseEndpoint(endpoint string) error {
	if endpoint == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(endpoint)
	number, notNumber := strconv.ParseUint(port, 10, 16)
	if err != nil || notNumber != nil || number == 0 || (host != loopback && host != "localhost") {
		return fmt.Errorf("the database endpoint %q is not on this machine: it must be %s or localhost with a port from 1 to 65535, like %s:6432, since the database's certificate names no other host", endpoint, loopback, loopback)
	}
	return nil
}

// IsRunning says whether an environment runs in a state folder.
func IsRunning(stateDir string) bool {
	if _, err := os.Stat(stateDir); err != nil {
		return false
	}
	lock, err := lockState(stateDir)
	if err != nil {
		return true
	}
	defer giveUp(lock)
	return false
}

// Discard removes the state folder of an environment that does not run, and
// with it the database, the secrets and the logs.
func Discard(stateDir string) error {
	if _, err := os.Stat(stateDir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	lock, err := lockState(stateDir)
	if err != nil {
		return err
	}
	defer giveUp(lock)
	return os.RemoveAll(stateDir)
}
