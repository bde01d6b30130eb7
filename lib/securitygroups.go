package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"catalog/contract"
	"catalog/lib/settings"
)

const (
	postgresPort = 5432
	httpPort     = 80
	httpsPort    = 443
	// testPort is where a deployment offers green before the shift.
	testPort = 9000
)

// firewall is the chain of security groups (S4): internet to load balancer to
// tasks to database, each reachable only from the one before.
type firewall struct{ balancer, tasks, database awsec2.SecurityGroup }

func newFirewall(scope constructs.Construct, config settings.Config, vpc awsec2.Vpc) firewall {
	f := firewall{
		balancer: newSecurityGroup(scope, config, vpc, "alb", "Load balancer: from the internet, to the tasks only"),
		tasks:    newSecurityGroup(scope, config, vpc, "tasks", "Tasks: from the load balancer only, to the database and AWS over HTTPS"),
		database: newSecurityGroup(scope, config, vpc, "database", "Database: from the tasks only, to nowhere"),
	}
	f.balancer.AddIngressRule(awsec2.Peer_AnyIpv4(), tcp(httpPort), jsii.String("clients over HTTP"), nil)
	if config.HasTLS() {
		f.balancer.AddIngressRule(awsec2.Peer_AnyIpv4(), tcp(httpsPort), jsii.String("clients over HTTPS"), nil)
	}
	// The test listener has no rule for the internet: whoever tests green
	// comes from a network that the environment names.
	if config.TestListenerCIDR != "" {
		f.balancer.AddIngressRule(awsec2.Peer_Ipv4(jsii.String(config.TestListenerCIDR)), tcp(testPort), jsii.String("tests of green before the shift"), nil)
	}
	connect(f.balancer, f.tasks, contract.Port, "requests and health checks")
	connect(f.tasks, f.database, postgresPort, "PostgreSQL over TLS")
	f.tasks.AddEgressRule(awsec2.Peer_AnyIpv4(), tcp(httpsPort), jsii.String("ECR, Secrets Manager, CloudWatch and X-Ray"), nil)
	explain(f.balancer, "AwsSolutions-EC23", "L1: the load balancer is the one door that is open to the internet")
	return f
}

func connect(from, to awsec2.SecurityGroup, port int, why string) {
	from.AddEgressRule(to, tcp(port), jsii.String(why), nil)
	to.AddIngressRule(from, tcp(port), jsii.String(why), nil)
}

func newSecurityGroup(scope constructs.Construct, config settings.Config, vpc awsec2.Vpc, purpose, description string) awsec2.SecurityGroup {
	return awsec2.NewSecurityGroup(scope, jsii.String("SecurityGroup-"+purpose), &awsec2.SecurityGroupProps{
		Vpc:               vpc,
		SecurityGroupName: jsii.String(config.Name("sg", purpose)),
		Description:       jsii.String(description),
		AllowAllOutbound:  jsii.Bool(false),
	})
}

func tcp(port int) awsec2.Port { return awsec2.Port_Tcp(jsii.Number(port)) }
