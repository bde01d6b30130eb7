package local

import (
	"io"
	"os"
	"os/exec"
	"syscall"
)

// capDacOverride passes file permission checks (capabilities(7)).
const capDacOverride = 1

// endWithParent makes the kernel signal the process when this one dies
// without having stopped it.
func endWithParent(a *syscall.SysProcAttr, s syscall.Signal) { a.Pdeathsig = s }

// passFolders lets a process of another user reach its files below a folder
// that only root may enter, like /root. The capability works from the exec on
// and no earlier: the program is handed over as an open file, and the working
// directory is one that everybody may enter. The file may be closed once the
// process has started.
func passFolders(command *exec.Cmd) (io.Closer, error) {
	executable, err := os.Open(command.Path)
	if err != nil {
		return nil, err
	}
	command.SysProcAttr.AmbientCaps = []uintptr{capDacOverride}
	command.ExtraFiles = []*os.File{executable} // descriptor 3
	command.Path, command.Dir = "/proc/self/fd/3", "/"
	return executable, nil
}
