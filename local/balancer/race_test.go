//go:build race

package balancer

// memoryRequests is smaller under the race detector, which makes a request
// several times as expensive.
const memoryRequests = 100_000
