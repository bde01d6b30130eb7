package cloud

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"catalog/contract"
)

func sweepStacks(ctx context.Context, a *Account, n names) ([]Leftover, error) {
	var all []Leftover
	for _, name := range []string{contract.CatalogStackName(n.suffix), contract.RegistryStackName(n.suffix)} {
		stack, err := a.Stack(ctx, name)
		if err != nil {
			return all, err
		}
		if stack.Exists() {
			all = append(all, Leftover{Kind: "stack", Name: name})
		}
	}
	return all, nil
}

func sweepLogGroups(ctx context.Context, a *Account, n names) ([]Leftover, error) {
	var all []Leftover
	pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(cloudwatchlogs.NewFromConfig(a.config), &cloudwatchlogs.DescribeLogGroupsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return all, err
		}
		for _, group := range page.LogGroups {
			if name := aws.ToString(group.LogGroupName); n.ours(name) {
				all = append(all, Leftover{Kind: "log group", Name: name})
			}
		}
	}
	return all, nil
}

func sweepClusters(ctx context.Context, a *Account, n names) ([]Leftover, error) {
	_, err := rds.NewFromConfig(a.config).DescribeDBClusters(ctx, &rds.DescribeDBClustersInput{DBClusterIdentifier: aws.String(n.database())})
	if hasCode(err, "DBClusterNotFound") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []Leftover{{Kind: "database cluster", Name: n.database()}}, nil
}

func sweepSnapshots(ctx context.Context, a *Account, n names) ([]Leftover, error) {
	out, err := rds.NewFromConfig(a.config).DescribeDBClusterSnapshots(ctx, &rds.DescribeDBClusterSnapshotsInput{DBClusterIdentifier: aws.String(n.database())})
	if hasCode(err, "DBClusterNotFound") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Leftover
	for _, snapshot := range out.DBClusterSnapshots {
		all = append(all, Leftover{Kind: "snapshot", Name: aws.ToString(snapshot.DBClusterSnapshotIdentifier)})
	}
	return all, nil
}

func sweepBackups(ctx context.Context, a *Account, n names) ([]Leftover, error) {
	out, err := rds.NewFromConfig(a.config).DescribeDBClusterAutomatedBackups(ctx, &rds.DescribeDBClusterAutomatedBackupsInput{DBClusterIdentifier: aws.String(n.database())})
	if hasCode(err, "DBClusterAutomatedBackupNotFound", "DBClusterNotFound") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Leftover
	for _, backup := range out.DBClusterAutomatedBackups {
		all = append(all, Leftover{Kind: "backup", Name: aws.ToString(backup.DBClusterAutomatedBackupsArn)})
	}
	return all, nil
}

func sweepLoadBalancers(ctx context.Context, a *Account, n names) ([]Leftover, error) {
	client := elb.NewFromConfig(a.config)
	var all []Leftover
	_, err := client.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{Names: []string{n.loadBalancer()}})
	if err == nil {
		all = append(all, Leftover{Kind: "load balancer", Name: n.loadBalancer()})
	} else if !hasCode(err, "LoadBalancerNotFound") {
		return nil, err
	}
	for _, group := range n.groups() {
		_, err := client.DescribeTargetGroups(ctx, &elb.DescribeTargetGroupsInput{Names: []string{group}})
		if err == nil {
			all = append(all, Leftover{Kind: "target group", Name: group})
		} else if !hasCode(err, "TargetGroupNotFound") {
			return all, err
		}
	}
	return all, nil
}

// sweepInterfaces finds those in the environment's security groups: what holds
// a subnet back when a destroy hangs.
func sweepInterfaces(ctx context.Context, a *Account, n names) ([]Leftover, error) {
	groups := []string{n.of("sg", "alb"), n.of("sg", "tasks"), n.of("sg", "database")}
	pages, err := ec2Pages[networkInterfaces](ctx, a, "DescribeNetworkInterfaces", map[string][]string{"group-name": groups})
	var all []Leftover
	for _, page := range pages {
		for _, one := range page.All {
			all = append(all, Leftover{Kind: "network interface", Name: one.ID})
		}
	}
	return all, err
}

func sweepRepositories(ctx context.Context, a *Account, n names) ([]Leftover, error) {
	name := RepositoryName(n.suffix)
	_, err := ecr.NewFromConfig(a.config).DescribeRepositories(ctx, &ecr.DescribeRepositoriesInput{RepositoryNames: []string{name}})
	if hasCode(err, "RepositoryNotFound") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []Leftover{{Kind: "image repository", Name: name}}, nil
}

func sweepSecrets(ctx context.Context, a *Account, n names) ([]Leftover, error) {
	var all []Leftover
	for _, name := range []string{contract.DBSecretName(n.suffix), contract.APISecretName(n.suffix)} {
		out, err := secretsmanager.NewFromConfig(a.config).DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: aws.String(name)})
		if hasCode(err, "ResourceNotFound") {
			continue
		}
		if err != nil {
			return all, err
		}
		left := Leftover{Kind: "secret", Name: name, Expected: "it was there before the stack and outlives it"}
		if out.DeletedDate != nil {
			left.Expected = "it is marked for deletion"
		}
		all = append(all, left)
	}
	return all, nil
}

// sweepKeys finds the environment's key by its description: its alias went
// with the stack.
func sweepKeys(ctx context.Context, a *Account, n names) ([]Leftover, error) {
	client := kms.NewFromConfig(a.config)
	var all []Leftover
	pages := kms.NewListKeysPaginator(client, &kms.ListKeysInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return all, err
		}
		for _, key := range page.Keys {
			out, err := client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: key.KeyId})
			if hasCode(err, "AccessDenied", "NotFound") { // a key of others that keeps itself to them
				continue
			}
			if err != nil {
				return all, err
			}
			if !strings.HasSuffix(aws.ToString(out.KeyMetadata.Description), "product catalog, environment "+n.suffix) {
				continue
			}
			left := Leftover{Kind: "key", Name: aws.ToString(out.KeyMetadata.Arn)}
			if out.KeyMetadata.KeyState == kmstypes.KeyStatePendingDeletion {
				left.Expected = pendingUntil(aws.ToTime(out.KeyMetadata.DeletionDate))
			}
			all = append(all, left)
		}
	}
	return all, nil
}
