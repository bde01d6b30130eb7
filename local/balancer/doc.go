// Package balancer is an application load balancer on one machine: listeners
// that choose a target group by rules, health checks, and a forwarder made for
// many small requests. It does what AWS documents for the Application Load
// Balancer and knows nothing of CloudFormation; package local reads a template
// and drives it.
//
//	balancer.go     the settings that listeners share
//	listener.go     sockets and their end
//	tls.go          HTTPS: handshakes, and who goes on with HTTP/2
//	rule.go         rules by priority, weighted forwarding
//	condition.go    what a rule asks of a request
//	pattern.go      the wildcards of those conditions
//	redirect.go     where a redirect leads
//	group.go        a target group and who is in it
//	pick.go         which target is next
//	draining.go     how a target leaves
//	healthcheck.go  when a target counts as healthy
//	probe.go        one health check
//	matcher.go      which statuses pass one
//
// What happens to one request:
//
//	client.go       an HTTP/1.x client's connection
//	clientanswer.go what that client gets
//	http2.go        an HTTP/2 client's stream
//	conn.go         a connection with its read buffer
//	head.go         the header fields of a message
//	requesthead.go  a request's head, and what is refused in it
//	framing.go      how long its body is, and what is ambiguous there
//	body.go         the body, piece by piece
//	exchange.go     from a request to its action
//	forward.go      attempts at targets, and when a second one is made
//	attempt.go      one attempt: the request out, the answer in
//	pump.go         a body that is still coming
//	outgoing.go     the request as a target gets it
//	responsehead.go the head of a target's answer
//	upgrade.go      WebSocket and its like
//	pool.go         connections to a target
//	failure.go      what the balancer answers by itself
//
// What is kept of it: recorder.go (metrics), accesslog.go, accessline.go and
// logfile.go (the access log), authority.go (the certificate authority of this
// machine), policy.go (TLS versions).
//
// Where the AWS document leaves a choice, or the balancer differs from it, the
// file says so.
package balancer
