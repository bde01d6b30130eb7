// Package local runs a cloud assembly on this machine as AWS would: a real
// PostgreSQL for the Aurora cluster, real processes for the ECS tasks, a load
// balancer with the template's rules, deployments, scaling, alarms and Spot.
// docs/local.md says, behaviour by behaviour, what AWS does and what differs.
//
// A stack's life:
//
//	assembly.go      reads the assembly's stacks, in order
//	intrinsics.go    resolves Ref, Fn::GetAtt, Fn::Join, …; conditions.go,
//	                 substitute.go and dynamicreference.go the rest
//	order.go, plan.go  creates what others need first, refuses what cannot run
//	kinds.go         which resource types run
//	record.go        which are only recorded, and what they answer
//	environment.go   brings everything up, and stops it; prepare.go takes ports
//	create.go        creates a stack's resources
//	update.go        changes what runs; updatestep.go one resource of it,
//	                 replacement.go which change needs a new one
//	rollback.go      back to the release before
//	event.go         what happens; eventlog.go keeps it
//	control.go       the socket for other programs; client.go their side
//
// A service's:
//
//	service.go, servicesettings.go  what the template declares
//	revision.go      what one deployment brought
//	scheduler.go     keeps the desired tasks running; capacity.go says where
//	deployment.go    a deployment; bluegreen.go its stages
//	launch.go, task.go, container.go  a task from its start to its end
//	spot.go          takes tasks back
//	metadata.go      the task metadata endpoint; taskmetadata.go its documents
//	scaling.go       the desired count by CPU and by schedule
//	ecsevent.go, eventrule.go, notification.go  what is told, and to whom
//	watch.go         metrics, alarms and scaling by the clock; usage.go CPU
//
// One file for each other kind of resource: secrets.go, database.go,
// loggroup.go, taskdefinition.go, alarm.go, loadbalancer.go, listener.go,
// listenerrule.go, targetgroup.go. The packages below know nothing of
// CloudFormation: balancer, metrics, alarm, scaling, traces, eventpattern,
// load, pgserver, process. Package console draws the pages.
//
// The package meets the infrastructure only in the assembly's files and the
// service only as a program to start.
package local
