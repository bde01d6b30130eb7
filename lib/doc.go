// Package lib declares the infrastructure: two CloudFormation stacks that the
// AWS CDK synthesizes into a cloud assembly, one file per concern.
//
//	registry.go       the ECR repository, in a stack of its own: an image must
//	                  be in it before a service can start
//	catalog.go        the stack that holds the rest, and its outputs
//	network.go        VPC, subnets, NAT gateways, security groups
//	database.go       Aurora PostgreSQL on the secret that exists already
//	cluster.go        the ECS cluster and its capacity providers
//	taskdefinition.go migration, API and tracing containers
//	tracing.go        the collector's configuration
//	loadbalancer.go   load balancer, listener, the production rule, blue and green
//	service.go        the Fargate service and its deployment strategy
//	scaling.go        target tracking on CPU
//	dashboard.go      the CloudWatch dashboard
//
// The package knows the service only as an image that keeps the contract.
package lib
