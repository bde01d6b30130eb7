package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	"github.com/aws/jsii-runtime-go"

	"catalog/lib/settings"
)

func topicName(config settings.Config) string { return config.Name("topic", "alarms") }

// newTopic declares where operators hear of everything: encrypted, over TLS
// only, and written to by this account's alarms and by EventBridge, for which
// a topic's policy may have no condition (AWS: "Using resource-based policies
// for Amazon EventBridge", Amazon SNS permissions).
func newTopic(stack awscdk.Stack, config settings.Config, key awskms.Key) awssns.Topic {
	topic := awssns.NewTopic(stack, jsii.String("Alarms"), &awssns.TopicProps{
		TopicName:   jsii.String(topicName(config)),
		DisplayName: jsii.String("catalog " + config.Suffix),
		MasterKey:   key,
		EnforceSSL:  jsii.Bool(true),
	})
	sameAccount := &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": *stack.Account()}}
	for _, publisher := range []struct {
		sid, service string
		conditions   *map[string]any
	}{
		{"AlarmsOfThisAccount", "cloudwatch.amazonaws.com", sameAccount}, {"Events", "events.amazonaws.com", nil},
	} {
		topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Sid:        jsii.String(publisher.sid),
			Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String(publisher.service), nil)},
			Actions:    jsii.Strings("sns:Publish"),
			Resources:  &[]*string{topic.TopicArn()},
			Conditions: publisher.conditions,
		}))
	}
	if config.AlarmEmail != "" {
		topic.AddSubscription(awssnssubscriptions.NewEmailSubscription(jsii.String(config.AlarmEmail), nil))
	}
	return topic
}

// tellOfEvents tells the operators what no metric shows in time: a deployment
// that failed, a task that Spot took back, tasks that find no place. The event
// types are those of AWS: "Amazon ECS events".
func tellOfEvents(stack awscdk.Stack, config settings.Config, topic awssns.Topic) {
	cluster := arn(stack, "ecs", "cluster", config.Name("cluster", "catalog"))
	service := arn(stack, "ecs", "service", config.Name("cluster", "catalog")+"/"+serviceName(config))
	for _, r := range []struct {
		purpose, detailType string
		resources           []*string
		detail              map[string]any
		message             string
	}{
		{
			"deployment-failed", "ECS Deployment State Change",
			[]*string{service},
			map[string]any{"eventName": []string{"SERVICE_DEPLOYMENT_FAILED"}},
			"A deployment failed and was taken back",
		},
		{
			"placement-failed", "ECS Service Action",
			[]*string{service},
			map[string]any{"eventName": []string{"SERVICE_TASK_PLACEMENT_FAILURE"}},
			"A task finds no place to run",
		},
		{
			"spot-interruption", "ECS Task State Change", nil,
			map[string]any{
				"clusterArn": []*string{cluster},
				"lastStatus": []string{"STOPPED"}, "stopCode": []string{"SpotInterruption"},
			},
			"Spot took a task back, another one replaces it",
		},
	} {
		pattern := map[string]any{"source": []string{"aws.ecs"}, "detail-type": []string{r.detailType}, "detail": r.detail}
		if r.resources != nil {
			pattern["resources"] = r.resources
		}
		// The CDK's own rule would let EventBridge use the key for any topic.
		awsevents.NewCfnRule(stack, jsii.String("Rule-"+r.purpose), &awsevents.CfnRuleProps{
			Name: jsii.String(config.Name("rule", r.purpose)), Description: jsii.String(r.message), EventPattern: pattern,
			State: jsii.String("ENABLED"),
			Targets: &[]any{&awsevents.CfnRule_TargetProperty{
				Id: jsii.String("topic"), Arn: topic.TopicArn(),
				InputTransformer: &awsevents.CfnRule_InputTransformerProperty{
					InputPathsMap: map[string]string{"detail": "$.detail"},
					InputTemplate: jsii.String(`{"message": "` + r.message + `", "detail": <detail>}`),
				},
			}},
		})
	}
}
