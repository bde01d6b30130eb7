package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"catalog/lib/settings"
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
)

// newNetwork declares the VPC over three named zones (N1) with a NAT gateway
// in each (N2, G6). Traffic to S3, which holds the image's layers, leaves by a
// gateway endpoint: it costs nothing and passes no NAT gateway.
func newNetwork(stack awscdk.Stack, config settings.Config, l logs) awsec2.Vpc {
	vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{
		VpcName:           jsii.String(config.Name("vpc", "catalog")),
		IpAddresses:       awsec2.IpAddresses_Cidr(jsii.String(vpcCIDR)),
		AvailabilityZones: jsii.Strings(config.Zones...),
		NatGateways:       jsii.Number(natPerZone * len(config.Zones)),
		// Takes every rule out of the group that AWS makes with each VPC.
		RestrictDefaultSecurityGroup: jsii.Bool(true),
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
		GatewayEndpoints: &map[string]*awsec2.GatewayVpcEndpointOptions{
			"S3": {
				Service: awsec2.GatewayVpcEndpointAwsService_S3(),
				Subnets: &[]*awsec2.SubnetSelection{subnets(awsec2.SubnetType_PRIVATE_WITH_EGRESS)},
			},
		},
	})
	addFlowLogs(stack, config, vpc, l)
	return vpc
}

// addFlowLogs records who talks to whom (O6). The role may write to this group
// and do nothing else.
func addFlowLogs(stack awscdk.Stack, config settings.Config, vpc awsec2.Vpc, l logs) {
	group := l.group("flow")
	role, policy := newRole(stack, config, "flow-logs", "vpc-flow-logs.amazonaws.com",
		allow([]*string{group.LogGroupArn()}, "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"))
	explain(policy, "AwsSolutions-IAM5", "a log group's ARN ends in a star for its streams")
	flow := vpc.AddFlowLog(jsii.String("FlowLog"), &awsec2.FlowLogOptions{
		Destination: awsec2.FlowLogDestination_ToCloudWatchLogs(group, role.WithoutPolicyUpdates(nil)),
		TrafficType: awsec2.FlowLogTrafficType_ALL,
	})
	flow.Node().AddDependency(policy)
}

func subnets(kind awsec2.SubnetType) *awsec2.SubnetSelection {
	return &awsec2.SubnetSelection{SubnetType: kind}
}
