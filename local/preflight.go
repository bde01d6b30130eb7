package local

import (
	"errors"
	"io/fs"
	"os"
)

// Preflight refuses what Up would refuse after everything was built: a state
// folder that another environment has, a port that another program has.
func Preflight(stateDir string, port, dashboardPort int) error {
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
	return dashboard.Close()
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
