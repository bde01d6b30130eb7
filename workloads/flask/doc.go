// Package flask is the company's kind of container: the catalog as a Flask
// application, in Python, behind the same contract and on the same schema as
// the Go API. README.md says what of the contract it has.
//
// In Go there are its tests alone. They start it beside the Go API on one
// database and hold both to the same requests: what blue has written green
// reads, and what differs is what docs/migrate-from-flask.md says.
package flask
