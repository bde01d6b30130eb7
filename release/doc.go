// Package release takes a commit to the place where it runs: it synthesizes
// the cloud assembly with the pinned CDK CLI, builds the API's image without a
// container engine, and keeps the stacks' outputs in a file.
//
// What costs time is kept in .local/.cache, by the hash of what it was made from, so
// that a second start makes nothing twice.
package release
