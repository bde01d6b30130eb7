// Package cloud is the side of a release that talks to AWS: what is looked at
// before a deployment, what is watched during one, and what is looked for
// after a destroy. CloudFormation makes the stacks and the pinned CDK command
// line asks it to: there is no engine here.
//
//	account.go       credentials, account and region
//	failure.go       an error of AWS's, as one sentence with what to do next
//	assembly.go      what the templates will ask of an account
//	bootstrap.go, quota.go, secret.go, registry.go  looked at before a deployment
//	cdk.go           runs the CDK's command line
//	stack.go, event.go, changeset.go  a stack, what happens to it, what would
//	service.go, target.go, release.go, insight.go  what runs, and what ran before
//	health.go        whether what runs is as it should be
//	ec2.go           the four calls to EC2
//	newsecret.go     makes the two secrets that exist before the stack
//	sweep.go, sweepkinds.go, sweeptags.go  what is left after a destroy
//
// No value of a secret leaves the package, neither in an error nor in a log.
package cloud
