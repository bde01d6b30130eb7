package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"catalog/contract"
	"catalog/lib/settings"
)

// githubIssuer is GitHub Actions' OIDC provider (AWS: "Create a role for OpenID
// Connect federation"). An account has it once, and it is made by hand: a stack
// that made it would take it away from the others.
const githubIssuer = "token.actions.githubusercontent.com"

// sessionHours is longer than a release with its bake time, and than a night's
// create and destroy.
const sessionHours = 3

// newDeliveryStack declares the role that a workflow of the repository takes to
// deploy this environment and no other: without keys, and only in the GitHub
// environment that has the suffix's name (X7). It is deployed by hand, once.
func newDeliveryStack(app awscdk.App, config settings.Config) {
	name := contract.DeliveryStackName(config.Suffix)
	stack := awscdk.NewStack(app, jsii.String(name),
		stackProps(config, name, "The role with which GitHub Actions deploys the product catalog"))
	provider := stack.FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("iam"), Region: jsii.String(""), Resource: jsii.String("oidc-provider"), ResourceName: jsii.String(githubIssuer),
	})
	role := awsiam.NewRole(stack, jsii.String("Role-deploy"), &awsiam.RoleProps{
		RoleName:           jsii.String(config.Name("role", "deploy")),
		Description:        jsii.String("GitHub Actions of " + config.GitHubRepository + ", environment " + config.Suffix),
		MaxSessionDuration: awscdk.Duration_Hours(jsii.Number(sessionHours)),
		AssumedBy: awsiam.NewFederatedPrincipal(provider, &map[string]any{
			"StringEquals": map[string]string{
				githubIssuer + ":aud": "sts.amazonaws.com",
				githubIssuer + ":sub": "repo:" + config.GitHubRepository + ":environment:" + config.Suffix,
			},
		}, jsii.String("sts:AssumeRoleWithWebIdentity")),
	})
	policy := awsiam.NewPolicy(stack, jsii.String("Policy-deploy"), &awsiam.PolicyProps{
		PolicyName: jsii.String(config.Name("policy", "deploy")),
		Roles:      &[]awsiam.IRole{role},
		Statements: deployStatements(stack, config),
	})
	explain(policy, "AwsSolutions-IAM5", "Describe and List actions and GetAuthorizationToken take no resource; a secret's and a stack's ARN end in characters that AWS chooses")
	output(stack, "DeployRoleArn", *role.RoleArn(), "What the workflows take: the variable DEPLOY_ROLE_ARN of the GitHub environment")
}

// deployStatements are what catalogctl deploy, status, rollback and destroy
// ask of AWS by themselves. Everything that changes resources is the CDK's: it
// takes the roles of its bootstrap stack (AWS CDK: "Bootstrapping"), whose
// rights are chosen there.
func deployStatements(stack awscdk.Stack, config settings.Config) *[]awsiam.PolicyStatement {
	var bootstrap []*string
	for _, role := range []string{"deploy", "file-publishing", "lookup"} {
		bootstrap = append(bootstrap, stack.FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("iam"), Region: jsii.String(""), Resource: jsii.String("role"),
			ResourceName: jsii.String("cdk-hnb659fds-" + role + "-role-" + *stack.Account() + "-" + config.Region),
		}))
	}
	stacks := []*string{
		arn(stack, "cloudformation", "stack", contract.RegistryStackName(config.Suffix)+"/*"),
		arn(stack, "cloudformation", "stack", contract.CatalogStackName(config.Suffix)+"/*"),
	}
	return &[]awsiam.PolicyStatement{
		allow(bootstrap, "sts:AssumeRole"),
		allow(anything, "ecr:GetAuthorizationToken"),
		allow([]*string{arn(stack, "ecr", "repository", repositoryName(config))},
			"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages",
			"ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"),
		allow(stacks, "cloudformation:DescribeStackEvents", "cloudformation:DescribeStackResources", "cloudformation:DescribeStacks",
			"cloudformation:DescribeChangeSet", "cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet", "cloudformation:DeleteStack"),
		allow(existingSecretARNs(stack, config), "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
		allow([]*string{arn(stack, "ssm", "parameter", "cdk-bootstrap/hnb659fds/version")}, "ssm:GetParameter"),
		allow(anything, readOnlyActions...),
	}
}

// existingSecretARNs name both secrets, whose last six characters only Secrets
// Manager knows.
func existingSecretARNs(stack awscdk.Stack, config settings.Config) []*string {
	var arns []*string
	for _, name := range []string{contract.DBSecretName(config.Suffix), contract.APISecretName(config.Suffix)} {
		arns = append(arns, stack.FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("secretsmanager"), Resource: jsii.String("secret"), ResourceName: jsii.String(name + "-??????"),
			ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
		}))
	}
	return arns
}

// readOnlyActions look at the account: before a deploy at its quotas, after it
// at what runs, after a destroy at what is left. They take no resource.
var readOnlyActions = []string{
	"cloudwatch:DescribeAlarms",
	"ec2:DescribeAddresses", "ec2:DescribeNatGateways", "ec2:DescribeNetworkInterfaces",
	"ecs:DescribeClusters", "ecs:DescribeServiceDeployments", "ecs:DescribeServiceRevisions", "ecs:DescribeServices",
	"ecs:DescribeTaskDefinition", "ecs:DescribeTasks", "ecs:ListServiceDeployments", "ecs:ListTaskDefinitions", "ecs:ListTasks",
	"elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth",
	"kms:DescribeKey", "kms:ListAliases",
	"logs:DescribeLogGroups",
	"rds:DescribeDBClusterAutomatedBackups", "rds:DescribeDBClusterSnapshots", "rds:DescribeDBClusters",
	"secretsmanager:ListSecrets",
	"servicequotas:GetServiceQuota",
	"tag:GetResources",
	"xray:GetTraceSummaries",
}
