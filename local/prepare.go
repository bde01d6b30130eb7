package local

import (
	"errors"
	"net"
	"os"
	"path/filepath"

	"catalog/local/traces"
)

// prepare takes what another environment or program may hold: the state
// folder, disk space, the ports.
func (e *Environment) prepare() (err error) {
	if e.lock, err = lockState(e.options.StateDir); err != nil {
		return err
	}
	minimum := e.options.MinFreeBytes
	if minimum == 0 {
		minimum = DefaultMinFreeBytes
	}
	if err := CheckSpace(e.options.StateDir, minimum); err != nil {
		return err
	}
	if e.eventLog, err = openEventLog(e.options.StateDir); err != nil {
		return err
	}
	if e.secrets, err = openSecrets(e.options.StateDir); err != nil {
		return err
	}
	if e.front, err = listenLocal(e.options.Port, "the load balancer", "--port"); err != nil {
		return err
	}
	dashboard, err := listenLocal(e.options.DashboardPort, "the dashboard", "--dashboard-port")
	if err != nil {
		return err
	}
	if err := e.serve(dashboard); err != nil {
		return errors.Join(err, ignoreClosed(dashboard.Close()))
	}
	return nil
}

// serve starts what answers, the page last: it shows what the others have.
func (e *Environment) serve(dashboard net.Listener) (err error) {
	if e.metadata, err = newMetadataServer(e); err != nil {
		return err
	}
	if e.traces, err = traces.Start(); err != nil {
		return err
	}
	if e.control, err = newControl(e); err != nil {
		return err
	}
	// Nothing refuses this start any more: the logs and the images of the last
	// one may go.
	for _, of := range []string{logsDir, imagesDir} {
		if err := os.RemoveAll(filepath.Join(e.options.StateDir, of)); err != nil {
			return err
		}
	}
	e.console = &console{listener: dashboard}
	e.console.serve(e)
	return writeState(e.options.StateDir, State{PID: os.Getpid(), Console: e.console.url(), Socket: e.control.path})
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// release gives back what prepare took.
func (e *Environment) release() error {
	var errs []error
	if e.watcher != nil {
		e.watcher.stop()
	}
	if e.control != nil {
		errs = append(errs, e.control.close())
	}
	if e.metadata != nil {
		errs = append(errs, e.metadata.close())
	}
	if e.traces != nil {
		errs = append(errs, e.traces.Close())
	}
	if e.eventLog != nil {
		errs = append(errs, e.eventLog.Close())
	}
	if e.console != nil {
		errs = append(errs, e.console.close())
	}
	if e.front != nil {
		errs = append(errs, ignoreClosed(e.front.Close()))
	}
	if e.lock != nil {
		errs = append(errs, unlockState(e.options.StateDir, e.lock))
	}
	return errors.Join(errs...)
}
