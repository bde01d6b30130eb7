package process

import (
	"errors"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// secbitNoSetuidFixup lets a thread keep its capabilities when it becomes
// another user, and lets access(2) honour them (capabilities(7), securebits).
const secbitNoSetuidFixup = 1 << 2

// endWithParent makes the kernel signal the process when this one dies
// without having stopped it.
func endWithParent(a *syscall.SysProcAttr, s syscall.Signal) { a.Pdeathsig = s }

// startPassingFolders starts a command of another user that may reach its
// files below a folder that only root may enter, like /root: it gets the
// capability to go through folders and to read, not to write, and the means to
// keep it. The means come from the thread that starts it, which has them only meanwhile.
func startPassingFolders(command *exec.Cmd) error {
	command.SysProcAttr.AmbientCaps = []uintptr{unix.CAP_DAC_READ_SEARCH}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_SECUREBITS, secbitNoSetuidFixup, 0, 0, 0); err != nil {
		return errors.Join(errors.New("the project lies in a folder that only root may enter: move it, or open the folder with chmod o+x"), err)
	}
	return errors.Join(command.Start(), unix.Prctl(unix.PR_SET_SECUREBITS, 0, 0, 0, 0))
}

// awaitExit waits until a child has ended and leaves it to be reaped.
func awaitExit(pid int) (unreaped bool) {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return err == nil
		}
	}
}
