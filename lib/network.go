package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"catalog/contract"
)

// Address plan (N3): a /16 leaves 65,536 addresses. Each zone has a public /24
// for the load balancer and a NAT gateway, a private /20 for tasks (4,091 of
// them: blue and green at once are 20), and an isolated /24 for the database.
const (
	vpcCIDR          = "10.0.0.0/16"
	publicMaskBits   = 24
	tasksMaskBits    = 20
	databaseMaskBits = 24
	natPerZone       = 1
	postgresPort     = 5432
	httpPort         = 80
	httpsPort        = 443
)

// network is what the other files need of the VPC.
type network struct {
	vpc      awsec2.Vpc
	balancer awsec2.SecurityGroup
	tasks    awsec2.SecurityGroup
	database awsec2.SecurityGroup
}

// newNetwork declares the VPC over three named zones (N1) with a NAT gateway
// in each (N2, G6) and the chain of security groups (S4): internet to load
// balancer to tasks to database, each reachable only from the one before.
func newNetwork(scope constructs.Construct, config Config) network {
	vpc := awsec2.NewVpc(scope, jsii.String("Vpc"), &awsec2.VpcProps{
		VpcName:           jsii.String(config.Name("vpc", "catalog")),
		IpAddresses:       awsec2.IpAddresses_Cidr(jsii.String(vpcCIDR)),
		AvailabilityZones: jsii.Strings(config.Zones...),
		NatGateways:       jsii.Number(natPerZone * len(config.Zones)),
		// Closing the default group takes a Lambda whose log group would
		// outlive the stack; nothing is ever put into that group.
		RestrictDefaultSecurityGroup: jsii.Bool(false),
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			{
				Name: jsii.String("public"), SubnetType: awsec2.SubnetType_PUBLIC,
				CidrMask: jsii.Number(publicMaskBits), MapPublicIpOnLaunch: jsii.Bool(false),
			},
			{
				Name: jsii.String("tasks"), SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS,
				CidrMask: jsii.Number(tasksMaskBits),
			},
			{
				Name: jsii.String("database"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED,
				CidrMask: jsii.Number(databaseMaskBits),
			},
		},
	})

	n := network{
		vpc:      vpc,
		balancer: newSecurityGroup(scope, config, vpc, "alb", "Load balancer: HTTP from the internet, to the tasks only"),
		tasks:    newSecurityGroup(scope, config, vpc, "tasks", "Tasks: from the load balancer only, to the database and AWS over HTTPS"),
		database: newSecurityGroup(scope, config, vpc, "database", "Database: from the tasks only, to nowhere"),
	}
	n.balancer.AddIngressRule(awsec2.Peer_AnyIpv4(), tcp(httpPort), jsii.String("clients over HTTP"), nil)
	n.connect(n.balancer, n.tasks, contract.Port, "requests and health checks")
	n.connect(n.tasks, n.database, postgresPort, "PostgreSQL over TLS")
	n.tasks.AddEgressRule(awsec2.Peer_AnyIpv4(), tcp(httpsPort), jsii.String("ECR, Secrets Manager, CloudWatch and X-Ray"), nil)
	return n
}

func (n network) connect(from, to awsec2.SecurityGroup, port int, why string) {
	from.AddEgressRule(to, tcp(port), jsii.String(why), nil)
	to.AddIngressRule(from, tcp(port), jsii.String(why), nil)
}

func newSecurityGroup(scope constructs.Construct, config Config, vpc awsec2.Vpc, purpose, description string) awsec2.SecurityGroup {
	return awsec2.NewSecurityGroup(scope, jsii.String("SecurityGroup-"+purpose), &awsec2.SecurityGroupProps{
		Vpc:               vpc,
		SecurityGroupName: jsii.String(config.Name("sg", purpose)),
		Description:       jsii.String(description),
		AllowAllOutbound:  jsii.Bool(false),
	})
}

func tcp(port int) awsec2.Port { return awsec2.Port_Tcp(jsii.Number(port)) }

func subnets(kind awsec2.SubnetType) *awsec2.SubnetSelection {
	return &awsec2.SubnetSelection{SubnetType: kind}
}
