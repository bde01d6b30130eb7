// Package template holds the tests of the infrastructure, which look at the
// synthesized templates alone: they run the CDK app as the CDK's command line
// does, for an environment of each profile, and read what it writes.
//
// It does not import lib, so that testing compiles the CDK once, for the app,
// and not a second time with -race: a test of contract holds that.
package template
