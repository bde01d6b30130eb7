//go:build !race

package balancer

const memoryRequests = 1_000_000
