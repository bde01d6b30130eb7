// Package release takes a commit to the place where it runs: it synthesizes
// the cloud assembly with the pinned CDK CLI, builds the API's image without a
// container engine and pushes it to a registry, and keeps the stacks' outputs
// in a file.
//
// What costs time is kept in .local/.cache, by the hash of what it was made from, so
// that a second start makes nothing twice.
//
// An image:
//
//	source.go        which commit it is of
//	binary.go        the program
//	layer.go, certificates.go, manifest.go  what is in it, byte for byte the
//	                 same each time
//	sbom.go, provenance.go  what is said about it
//	layout.go        how it lies on this machine
//	push.go, login.go  how it gets into a registry
package release
