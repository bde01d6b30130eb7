package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/jsii-runtime-go"

	"catalog/contract"
	"catalog/lib/settings"
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

	rulePriority     = 10
	productionWeight = 100
	alternateWeight  = 0
	notFoundStatus   = 404
	// Of the types that a fixed response may have, the one for JSON.
	notFoundContentType = "application/json"
	notFoundBody        = `{"type":"about:blank","title":"Not Found","status":404,"detail":"only /api/* and /health are served here","code":"no_such_path"}`
)

// routing is what a deployment shifts: the production rule, the rule where
// green is offered before, and the two groups (L3).
type routing struct {
	production, test elb.ApplicationListenerRule
	blue, green      elb.ApplicationTargetGroup
}

// newRouting declares the listeners with one production rule for both paths
// (L2). One rule, because a blue/green deployment shifts one: a second rule
// would go on sending its path to the old tasks. The rule is constant; a
// template that changes it would reset the live weights.
func newRouting(stack awscdk.Stack, config settings.Config, vpc awsec2.Vpc, alb elb.ApplicationLoadBalancer) routing {
	r := routing{
		blue:  newTargetGroup(stack, config, vpc, "blue"),
		green: newTargetGroup(stack, config, vpc, "green"),
	}
	r.production = r.newRule(stack, "ProductionRule", newProductionListener(stack, config, alb), productionWeight)
	// The other way round: before the shift this rule leads to green.
	r.test = r.newRule(stack, "TestRule", newListener(config, alb, "TestListener", testPort), alternateWeight)
	return r
}

// newProductionListener is HTTPS as soon as there is a certificate, with HTTP
// redirected to it; without one it is HTTP, and the synthesis says so.
func newProductionListener(stack awscdk.Stack, config settings.Config, alb elb.ApplicationLoadBalancer) elb.ApplicationListener {
	if !config.HasTLS() {
		awscdk.Annotations_Of(stack).AddWarningV2(jsii.String("catalog:no-tls"), jsii.String(
			"clients talk HTTP to the load balancer, since there is no certificate: set the context certificateArn to the ARN of one in ACM, and HTTPS is on"))
		return newListener(config, alb, "Listener", httpPort)
	}
	alb.AddListener(jsii.String("RedirectListener"), &elb.BaseApplicationListenerProps{
		Port: jsii.Number(httpPort), Protocol: elb.ApplicationProtocol_HTTP, Open: jsii.Bool(false),
		DefaultAction: elb.ListenerAction_Redirect(&elb.RedirectOptions{
			Port: jsii.String("443"), Protocol: jsii.String("HTTPS"), Permanent: jsii.Bool(true),
		}),
	})
	return newListener(config, alb, "Listener", httpsPort)
}

// newListener answers 404 unless a rule says otherwise. The security group
// says who may come in, not the listener.
func newListener(config settings.Config, alb elb.ApplicationLoadBalancer, id string, port int) elb.ApplicationListener {
	props := &elb.BaseApplicationListenerProps{
		Port:     jsii.Number(port),
		Protocol: elb.ApplicationProtocol_HTTP,
		Open:     jsii.Bool(false),
		DefaultAction: elb.ListenerAction_FixedResponse(jsii.Number(notFoundStatus), &elb.FixedResponseOptions{
			ContentType: jsii.String(notFoundContentType),
			MessageBody: jsii.String(notFoundBody),
		}),
	}
	if config.HasTLS() {
		props.Protocol = elb.ApplicationProtocol_HTTPS
		props.Certificates = &[]elb.IListenerCertificate{elb.ListenerCertificate_FromArn(jsii.String(config.CertificateARN))}
		props.SslPolicy = elb.SslPolicy_TLS13_RES
	}
	listener := alb.AddListener(jsii.String(id), props)
	if !config.HasTLS() {
		explainGuard(listener, "CT.ELASTICLOADBALANCING.PR.1", "without a certificate there is no HTTPS to redirect to, as the synthesis warns")
	}
	return listener
}

func (r routing) newRule(stack awscdk.Stack, id string, listener elb.ApplicationListener, blueWeight int) elb.ApplicationListenerRule {
	return elb.NewApplicationListenerRule(stack, jsii.String(id), &elb.ApplicationListenerRuleProps{
		Listener: listener,
		Priority: jsii.Number(rulePriority),
		Conditions: &[]elb.ListenerCondition{
			elb.ListenerCondition_PathPatterns(jsii.Strings(contract.APIPrefix+"*", contract.HealthPath)),
		},
		Action: elb.ListenerAction_WeightedForward(&[]*elb.WeightedTargetGroup{
			{TargetGroup: r.blue, Weight: jsii.Number(blueWeight)},
			{TargetGroup: r.green, Weight: jsii.Number(productionWeight - blueWeight)},
		}, nil),
	})
}

func newTargetGroup(stack awscdk.Stack, config settings.Config, vpc awsec2.Vpc, colour string) elb.ApplicationTargetGroup {
	return elb.NewApplicationTargetGroup(stack, jsii.String("TargetGroup-"+colour), &elb.ApplicationTargetGroupProps{
		TargetGroupName:     jsii.String(config.Name("tg", colour)),
		Vpc:                 vpc,
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
