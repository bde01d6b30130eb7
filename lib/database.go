package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"catalog/contract"
)

const databaseName = "catalog"

// database is what the tasks need of it: the existing secret with the
// cluster's address attached to it.
type database struct {
	cluster awsrds.DatabaseCluster
	secret  awssecretsmanager.ISecret
}

// newDatabase declares the Aurora PostgreSQL cluster (D1): a writer and a
// reader, capacity by load, in subnets that no route leaves.
//
// Its credentials come from a secret that exists before the stack (D3, D5).
// The stack attaches the cluster to it, which writes host, port, dbname and
// engine into the secret, and never creates or deletes it.
func newDatabase(scope constructs.Construct, config Config, n network) database {
	existing := awssecretsmanager.Secret_FromSecretNameV2(scope, jsii.String("DatabaseSecret"),
		jsii.String(contract.DBSecretName(config.Suffix)))

	engine := awsrds.DatabaseClusterEngine_AuroraPostgres(&awsrds.AuroraPostgresClusterEngineProps{
		Version: awsrds.AuroraPostgresEngineVersion_VER_17_9(),
	})
	cluster := awsrds.NewDatabaseCluster(scope, jsii.String("Database"), &awsrds.DatabaseClusterProps{
		ClusterIdentifier:       jsii.String(config.Name("db", "catalog")),
		Engine:                  engine,
		Credentials:             awsrds.Credentials_FromSecret(existing, nil),
		DefaultDatabaseName:     jsii.String(databaseName),
		Port:                    jsii.Number(postgresPort),
		Vpc:                     n.vpc,
		VpcSubnets:              subnets(awsec2.SubnetType_PRIVATE_ISOLATED),
		SecurityGroups:          &[]awsec2.ISecurityGroup{n.database},
		ServerlessV2MinCapacity: jsii.Number(config.DatabaseMinACU),
		ServerlessV2MaxCapacity: jsii.Number(config.DatabaseMaxACU),
		Writer: awsrds.ClusterInstance_ServerlessV2(jsii.String("Writer"), &awsrds.ServerlessV2ClusterInstanceProps{
			InstanceIdentifier: jsii.String(config.Name("db", "writer")),
			PubliclyAccessible: jsii.Bool(false),
		}),
		Readers: &[]awsrds.IClusterInstance{
			awsrds.ClusterInstance_ServerlessV2(jsii.String("Reader"), &awsrds.ServerlessV2ClusterInstanceProps{
				InstanceIdentifier: jsii.String(config.Name("db", "reader")),
				PubliclyAccessible: jsii.Bool(false),
				// A reader that follows the writer's size can take over at once.
				ScaleWithWriter: jsii.Bool(true),
			}),
		},
		ParameterGroup:   newParameterGroup(scope, config, engine),
		StorageEncrypted: jsii.Bool(true),
		Backup: &awsrds.BackupProps{
			Retention: awscdk.Duration_Days(jsii.Number(config.BackupRetentionDays)),
			// 17:00 UTC is 03:00 in Sydney, 04:00 in summer: away from peaks.
			PreferredWindow: jsii.String("17:00-18:00"),
		},
		PreferredMaintenanceWindow: jsii.String("sun:18:30-sun:19:30"),
		DeletionProtection:         jsii.Bool(false),
		DeleteAutomatedBackups:     jsii.Bool(true),
		RemovalPolicy:              awscdk.RemovalPolicy_DESTROY,
	})
	return database{cluster: cluster, secret: cluster.Secret()}
}

// newParameterGroup makes the server refuse a connection without TLS (G3).
func newParameterGroup(scope constructs.Construct, config Config, engine awsrds.IClusterEngine) awsrds.ParameterGroup {
	return awsrds.NewParameterGroup(scope, jsii.String("DatabaseParameters"), &awsrds.ParameterGroupProps{
		Engine:        engine,
		Name:          jsii.String(config.Name("pg", "catalog")),
		Description:   jsii.String("PostgreSQL of the product catalog"),
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
		Parameters: &map[string]*string{
			"rds.force_ssl": jsii.String("1"),
		},
	})
}
