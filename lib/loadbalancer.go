package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"catalog/contract"
)

const (
	// healthCheckSeconds is the interval of the load balancer's check (S3).
	healthCheckSeconds        = 30
	healthCheckTimeoutSeconds = 5
	healthyThreshold          = 2
	unhealthyThreshold        = 2
	// drainDelaySeconds is the deregistration delay, and for as long a task
	// that was told to stop keeps serving: AWS sends SIGTERM before the load
	// balancer has stopped sending requests.
	drainDelaySeconds = 30
	// idleTimeoutSeconds stays below the API's own keep-alive timeout, so that
	// the load balancer never writes into a connection the API just closed.
	idleTimeoutSeconds = 60
	productionPriority = 10
	productionWeight   = 100
	alternateWeight    = 0
	notFoundStatus     = 404
	// Of the types that a fixed response may have, the one for JSON.
	notFoundContentType = "application/json"
	notFoundBody        = `{"type":"about:blank","title":"Not Found","status":404,"detail":"only /api/* and /health are served here","code":"no_such_path"}`
)

// balancer is what the service attaches to.
type balancer struct {
	alb  elb.ApplicationLoadBalancer
	rule elb.ApplicationListenerRule
	// blue and green are alike: a deployment moves the rule's weights from
	// one to the other (L3).
	blue, green elb.ApplicationTargetGroup
}

// newBalancer declares the load balancer (L1) with one production rule for
// both paths (L2). One rule, because a blue/green deployment shifts one: a
// second rule would go on sending its path to the old tasks. The rule is
// constant; a template that changes it would reset the live weights.
func newBalancer(scope constructs.Construct, config Config, n network) balancer {
	alb := elb.NewApplicationLoadBalancer(scope, jsii.String("LoadBalancer"), &elb.ApplicationLoadBalancerProps{
		LoadBalancerName:        jsii.String(config.Name("alb", "catalog")),
		Vpc:                     n.vpc,
		VpcSubnets:              subnets(awsec2.SubnetType_PUBLIC),
		InternetFacing:          jsii.Bool(true),
		SecurityGroup:           n.balancer,
		IdleTimeout:             awscdk.Duration_Seconds(jsii.Number(idleTimeoutSeconds)),
		DropInvalidHeaderFields: jsii.Bool(true),
		DesyncMitigationMode:    elb.DesyncMitigationMode_DEFENSIVE,
		DeletionProtection:      jsii.Bool(false),
	})
	listener := alb.AddListener(jsii.String("Listener"), &elb.BaseApplicationListenerProps{
		Port:     jsii.Number(httpPort),
		Protocol: elb.ApplicationProtocol_HTTP,
		Open:     jsii.Bool(false), // the security group says who may come in
		DefaultAction: elb.ListenerAction_FixedResponse(jsii.Number(notFoundStatus), &elb.FixedResponseOptions{
			ContentType: jsii.String(notFoundContentType),
			MessageBody: jsii.String(notFoundBody),
		}),
	})
	b := balancer{
		alb:   alb,
		blue:  newTargetGroup(scope, config, n, "blue"),
		green: newTargetGroup(scope, config, n, "green"),
	}
	b.rule = elb.NewApplicationListenerRule(scope, jsii.String("ProductionRule"), &elb.ApplicationListenerRuleProps{
		Listener: listener,
		Priority: jsii.Number(productionPriority),
		Conditions: &[]elb.ListenerCondition{
			elb.ListenerCondition_PathPatterns(jsii.Strings(contract.APIPrefix+"*", contract.HealthPath)),
		},
		Action: elb.ListenerAction_WeightedForward(&[]*elb.WeightedTargetGroup{
			{TargetGroup: b.blue, Weight: jsii.Number(productionWeight)},
			{TargetGroup: b.green, Weight: jsii.Number(alternateWeight)},
		}, nil),
	})
	return b
}

func newTargetGroup(scope constructs.Construct, config Config, n network, colour string) elb.ApplicationTargetGroup {
	return elb.NewApplicationTargetGroup(scope, jsii.String("TargetGroup-"+colour), &elb.ApplicationTargetGroupProps{
		TargetGroupName:     jsii.String(config.Name("tg", colour)),
		Vpc:                 n.vpc,
		Port:                jsii.Number(contract.Port),
		Protocol:            elb.ApplicationProtocol_HTTP,
		TargetType:          elb.TargetType_IP,
		DeregistrationDelay: awscdk.Duration_Seconds(jsii.Number(drainDelaySeconds)),
		HealthCheck: &elb.HealthCheck{
			Path:                    jsii.String(contract.HealthPath),
			HealthyHttpCodes:        jsii.String("200"),
			Interval:                awscdk.Duration_Seconds(jsii.Number(healthCheckSeconds)),
			Timeout:                 awscdk.Duration_Seconds(jsii.Number(healthCheckTimeoutSeconds)),
			HealthyThresholdCount:   jsii.Number(healthyThreshold),
			UnhealthyThresholdCount: jsii.Number(unhealthyThreshold),
		},
	})
}
