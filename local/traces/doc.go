// Package traces receives spans as the sidecar of every task would, the AWS
// distribution of the OpenTelemetry collector, and keeps the last of them in
// memory.
//
//	receiver.go   Start: the ports, and what answers on them
//	otlp.go       OTLP over HTTP: requests and answers
//	otlpjson.go   reads OTLP's JSON
//	otlpproto.go  reads OTLP's protobuf
//	span.go       a span of either as a segment
//	meaning.go    what OpenTelemetry's attributes say in X-Ray's words
//	daemon.go     X-Ray's daemon: segments over UDP
//	document.go   reads X-Ray's segment documents
//	secrecy.go    what is never kept
//	statement.go  a statement without its values
//	sampling.go   the daemon's other half: sampling rules and targets over HTTP
//	quota.go      shares a rule's reservoir among its clients
//	segment.go    a segment, and the ids of X-Ray
//	store.go      the last traces, bounded
//	summary.go    one line about a trace, and which lines are wanted
//	tree.go       a trace's segments below each other
//
// It knows nothing of the other parts of package local: whoever has a program
// that sends spans can give it these two addresses.
package traces
