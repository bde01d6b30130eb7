// Package eventpattern matches events against the patterns of EventBridge's
// rules, and shapes what their targets get.
//
//	pattern.go    reads a pattern and matches it
//	filter.go     the content filters: prefix, anything-but, numeric, …
//	transform.go  InputTransformer
package eventpattern
