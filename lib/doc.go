// Package lib declares the infrastructure: two CloudFormation stacks that the
// AWS CDK synthesizes into a cloud assembly, one file per concern.
//
//	app.go             both stacks and their tags
//	registry.go        the ECR repository, in a stack of its own: an image must
//	                   be in it before a service can start
//	catalog.go         the stack that holds the rest, and its outputs
//	key.go, logs.go    the key that encrypts the data, the log groups
//	network.go         VPC, subnets, NAT gateways, flow logs; securitygroups.go
//	database.go        Aurora PostgreSQL on the secret that exists already
//	loadbalancer.go    load balancer and its access log; listeners.go the rules
//	                   and groups of blue and green; waf.go
//	cluster.go         the ECS cluster and its capacity providers
//	taskdefinition.go  the task; containers.go its containers, workload.go what
//	                   the API's runs, images.go the images, roles.go what they
//	                   and ECS may do, tracing.go where traces go
//	service.go         the Fargate service and its deployment strategy
//	scaling.go         target tracking on CPU; peaks.go scheduled minimums
//	metrics.go         what is watched; alarms.go when it alarms, dashboard.go
//	                   how it looks, notifications.go who hears of it, budget.go
//	customresources.go the CDK's own Lambda functions, with logs that go away
//	delivery.go        the role with which GitHub Actions deploys, in a stack of
//	                   its own
//	nag.go             the linters' findings that are accepted, and why
//
// What an environment may choose is in lib/settings, the tests are in
// lib/template. The package knows the service only as an image that keeps the
// contract.
package lib
