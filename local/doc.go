// Package local runs a cloud assembly on this machine: a real PostgreSQL for
// the Aurora cluster, real processes for the ECS tasks, a real load balancer
// with the template's own rules and health checks.
//
//	assembly.go      reads the assembly's stacks, in order
//	intrinsics.go    resolves Ref, Fn::GetAtt, Fn::Join, Fn::If, …
//	order.go         creates what others need first
//	kinds.go         which resource types run
//	record.go        which are only recorded, and what they answer
//	environment.go   brings everything up, and stops it in reverse
//	create.go        creates a stack's resources
//
// One file per kind of resource that runs: secrets.go, database.go,
// loggroup.go, taskdefinition.go, service.go, loadbalancer.go, listener.go,
// targetgroup.go.
//
// The package meets the infrastructure only in the assembly's files and the
// service only as a program to start.
package local
