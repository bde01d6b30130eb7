package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53targets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"catalog/lib/settings"
)

// idleTimeoutSeconds stays below the API's own keep-alive timeout, so that the
// load balancer never writes into a connection the API just closed.
const idleTimeoutSeconds = 60

// newLoadBalancer declares the load balancer in the public subnets (L1), its
// access log, and its name where the environment has a domain.
func newLoadBalancer(stack awscdk.Stack, config settings.Config, vpc awsec2.Vpc, group awsec2.SecurityGroup) elb.ApplicationLoadBalancer {
	alb := elb.NewApplicationLoadBalancer(stack, jsii.String("LoadBalancer"), &elb.ApplicationLoadBalancerProps{
		LoadBalancerName:        jsii.String(config.Name("alb", "catalog")),
		Vpc:                     vpc,
		VpcSubnets:              subnets(awsec2.SubnetType_PUBLIC),
		InternetFacing:          jsii.Bool(true),
		SecurityGroup:           group,
		IdleTimeout:             awscdk.Duration_Seconds(jsii.Number(idleTimeoutSeconds)),
		DropInvalidHeaderFields: jsii.Bool(true),
		DesyncMitigationMode:    elb.DesyncMitigationMode_DEFENSIVE,
		DeletionProtection:      jsii.Bool(false),
	})
	explainGuard(alb, "CT.ELASTICLOADBALANCING.PR.5", "G2: every resource can be destroyed")
	alb.LogAccessLogs(newAccessLogBucket(stack, config), jsii.String("alb"))
	if config.DomainName != "" {
		zone := awsroute53.HostedZone_FromHostedZoneAttributes(stack, jsii.String("Zone"), &awsroute53.HostedZoneAttributes{
			HostedZoneId: jsii.String(config.HostedZoneID), ZoneName: jsii.String(config.HostedZoneName),
		})
		awsroute53.NewARecord(stack, jsii.String("Record"), &awsroute53.ARecordProps{
			Zone:       zone,
			RecordName: jsii.String(config.DomainName + "."),
			Target:     awsroute53.RecordTarget_FromAlias(awsroute53targets.NewLoadBalancerTarget(alb, nil)),
		})
	}
	return alb
}

// newAccessLogBucket keeps who asked for what (O6). It empties itself on
// destroy (G2). Load balancers write with S3's own encryption only (AWS:
// "Access logs for your Application Load Balancer"). The account's number is
// in its name because bucket names are the whole world's.
func newAccessLogBucket(stack awscdk.Stack, config settings.Config) awss3.Bucket {
	bucket := awss3.NewBucket(stack, jsii.String("AccessLogs"), &awss3.BucketProps{
		BucketName:        jsii.String(config.Name("bucket", "access-logs-"+*stack.Account())),
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:        jsii.Bool(true),
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		LifecycleRules: &[]*awss3.LifecycleRule{{
			Id:                                  jsii.String("retention"),
			Expiration:                          awscdk.Duration_Days(jsii.Number(config.LogRetentionDays)),
			AbortIncompleteMultipartUploadAfter: awscdk.Duration_Days(jsii.Number(1)),
		}},
		AutoDeleteObjects: jsii.Bool(true),
		RemovalPolicy:     awscdk.RemovalPolicy_DESTROY,
	})
	explain(bucket, "AwsSolutions-S1", "it holds access logs itself, and a log of the log's readers would need another bucket")
	explainGuard(bucket, "CT.S3.PR.2", "it holds access logs itself, and a log of the log's readers would need another bucket")
	explainGuard(bucket, "CT.S3.PR.4", "nothing waits for an access log: it is read when somebody asks who asked for what")
	explainGuard(bucket, "CT.S3.PR.9", "G2: a locked object could not be destroyed with the stack")
	explainGuard(bucket, "CT.S3.PR.10", "load balancers write access logs with S3's own encryption only")
	explainGuard(bucket, "CT.S3.PR.11", "the load balancer writes each log once, and old versions would outlive its retention")
	return bucket
}

// url is where clients reach the API's host.
func url(config settings.Config, alb elb.ApplicationLoadBalancer) string {
	switch {
	case config.DomainName != "":
		return "https://" + config.DomainName
	case config.HasTLS():
		return "https://" + *alb.LoadBalancerDnsName()
	}
	return "http://" + *alb.LoadBalancerDnsName()
}
