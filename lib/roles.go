package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"catalog/lib/settings"
)

// newRole declares a role of one service with what it may do (G4), and the
// policy that whoever uses the role must come after.
func newRole(stack awscdk.Stack, config settings.Config, purpose, service string, statements ...awsiam.PolicyStatement) (awsiam.Role, awsiam.Policy) {
	role := awsiam.NewRole(stack, jsii.String("Role-"+purpose), &awsiam.RoleProps{
		RoleName:  jsii.String(config.Name("role", purpose)),
		AssumedBy: awsiam.NewServicePrincipal(jsii.String(service), nil),
	})
	policy := awsiam.NewPolicy(stack, jsii.String("Policy-"+purpose), &awsiam.PolicyProps{
		PolicyName: jsii.String(config.Name("policy", purpose)),
		Roles:      &[]awsiam.IRole{role},
		Statements: &statements,
	})
	return role, policy
}

// newExecutionRole declares what ECS itself may do to start a task: pull from
// this repository, write to these log groups, read these secrets. The CDK
// would grant more by itself, DescribeSecret for one, so the task definition
// gets the role in a form that takes no grants. The secrets exist before the
// stack and are not encrypted with its key: the role needs no key.
func newExecutionRole(stack awscdk.Stack, config settings.Config, logGroups, secrets []*string) (awsiam.IRole, awsiam.Policy) {
	role, policy := newRole(stack, config, "execution", "ecs-tasks.amazonaws.com",
		allow([]*string{arn(stack, "ecr", "repository", repositoryName(config))},
			"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
		allow(anything, "ecr:GetAuthorizationToken"),
		allow(logGroups, "logs:CreateLogStream", "logs:PutLogEvents"),
		allow(secrets, "secretsmanager:GetSecretValue"),
	)
	explain(policy, "AwsSolutions-IAM5", "GetAuthorizationToken takes no resource (AWS: actions of Amazon ECR); a log group's ARN ends in a star for its streams")
	return role.WithoutPolicyUpdates(nil), policy
}

// newTaskRole declares what the containers may do: write traces and read
// sampling rules. These actions take no resource (AWS: "Actions, resources,
// and condition keys for AWS X-Ray").
func newTaskRole(stack awscdk.Stack, config settings.Config, key awskms.Key) (awsiam.IRole, awsiam.Policy) {
	statements := []awsiam.PolicyStatement{
		allow(anything, "xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"),
	}
	if config.ExecuteCommand {
		statements = append(statements, sessionStatements(stack, config, key)...)
	}
	role, policy := newRole(stack, config, "task", "ecs-tasks.amazonaws.com", statements...)
	explain(policy, "AwsSolutions-IAM5", "the actions of X-Ray and of a Session Manager channel take no resource; a log group's streams are a star")
	return role.WithoutPolicyUpdates(nil), policy
}

// sessionStatements let an operator's session (ECS Exec) open its channel,
// encrypt it, and be logged.
func sessionStatements(stack awscdk.Stack, config settings.Config, key awskms.Key) []awsiam.PolicyStatement {
	group := config.Name("logs", sessionLogs)
	return []awsiam.PolicyStatement{
		allow(anything, "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
			"ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel", "logs:DescribeLogGroups"),
		allow([]*string{arnOfLogGroup(stack, group+":*")}, "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
		allow([]*string{key.KeyArn()}, "kms:Decrypt"),
	}
}

// newShiftRole declares what ECS may do to the load balancer in a blue/green
// deployment: change these rules and register with these groups. The managed
// policy that the CDK would take reaches every load balancer of the account.
func newShiftRole(stack awscdk.Stack, config settings.Config, rules []elb.ApplicationListenerRule, groups []elb.ApplicationTargetGroup) (awsiam.Role, awsiam.Policy) {
	var ruleARNs, groupARNs []*string
	for _, rule := range rules {
		ruleARNs = append(ruleARNs, rule.ListenerRuleArn())
	}
	for _, group := range groups {
		groupARNs = append(groupARNs, group.TargetGroupArn())
	}
	role, policy := newRole(stack, config, "shift", "ecs.amazonaws.com",
		allow(anything, "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeRules",
			"elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth"),
		allow(groupARNs, "elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"),
		allow(ruleARNs, "elasticloadbalancing:ModifyRule"),
	)
	explain(policy, "AwsSolutions-IAM5", "Elastic Load Balancing's Describe actions take no resource")
	return role, policy
}

func allow(resources []*string, actions ...string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{Actions: jsii.Strings(actions...), Resources: &resources})
}

func arn(stack awscdk.Stack, service, resource, name string) *string {
	return stack.FormatArn(&awscdk.ArnComponents{
		Service: jsii.String(service), Resource: jsii.String(resource), ResourceName: jsii.String(name),
	})
}

// image is an image of the registry by its digest: the same template for every
// release, and what runs cannot be another one.
func image(stack awscdk.Stack, config settings.Config, digest string) awsecs.ContainerImage {
	return awsecs.ContainerImage_FromRegistry(jsii.String(
		*stack.Account()+".dkr.ecr."+config.Region+"."+*stack.UrlSuffix()+"/"+repositoryName(config)+"@"+digest), nil)
}

// anything is the resource of actions that take none.
var anything = []*string{jsii.String("*")}
