// Package integration holds the tests of a running system (X3). They read
// cfn-outputs/flat-outputs.json, or the file that $CFN_OUTPUTS names, and do
// not care whether it was written by this machine or by AWS:
//
//	make run                     in one terminal
//	go test ./integration        in another
//
// What only this machine can show, a task's process for one, is tested where
// the outputs come from this machine.
package integration
