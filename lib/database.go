package lib

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"catalog/contract"
	"catalog/lib/settings"
)

const (
	databaseName = "catalog"
	// taskConnections is what all tasks hold at most: ten of each colour, each
	// with one more connection while it migrates. Aurora allows 189 where the
	// largest capacity is 1 ACU, the smallest that this stack takes, and more with
	// a larger one (AWS: "Maximum connections for Aurora Serverless v2").
	taskConnections = settings.MaxTasks * 2 * (contract.DBConnectionsPerTask + 1)
)

// database is what the tasks need of it: the existing secret with the
// cluster's address attached to it.
type database struct {
	cluster awsrds.DatabaseCluster
	secret  awssecretsmanager.ISecret
}

// databaseInputs is what the database takes from the rest of the stack.
type databaseInputs struct {
	vpc     awsec2.Vpc
	group   awsec2.SecurityGroup
	key     awskms.Key
	secret  awssecretsmanager.ISecret
	logging logs
}

// newDatabase declares the Aurora PostgreSQL cluster (D1): a writer and a
// reader in two zones, capacity by load, in subnets that no route leaves.
//
// Its credentials come from a secret that exists before the stack (D3, D5).
// The stack attaches the cluster to it, which writes host, port, dbname and
// engine into the secret, and never creates or deletes it.
func newDatabase(scope constructs.Construct, config settings.Config, in databaseInputs) database {
	name := config.Name("db", "catalog")
	engine := awsrds.DatabaseClusterEngine_AuroraPostgres(&awsrds.AuroraPostgresClusterEngineProps{
		Version: awsrds.AuroraPostgresEngineVersion_VER_17_9(),
	})
	exported := in.logging.named("Logs-postgresql", "/aws/rds/cluster/"+name+"/postgresql")
	cluster := awsrds.NewDatabaseCluster(scope, jsii.String("Database"), &awsrds.DatabaseClusterProps{
		ClusterIdentifier:       jsii.String(name),
		Engine:                  engine,
		Credentials:             awsrds.Credentials_FromSecret(in.secret, nil),
		DefaultDatabaseName:     jsii.String(databaseName),
		Port:                    jsii.Number(postgresPort),
		Vpc:                     in.vpc,
		VpcSubnets:              subnets(awsec2.SubnetType_PRIVATE_ISOLATED),
		SecurityGroups:          &[]awsec2.ISecurityGroup{in.group},
		ServerlessV2MinCapacity: jsii.Number(config.DatabaseMinACU),
		ServerlessV2MaxCapacity: jsii.Number(config.DatabaseMaxACU),
		Writer: awsrds.ClusterInstance_ServerlessV2(jsii.String("Writer"),
			instanceProps(config, in.key, "writer", config.Zones[0])),
		Readers: &[]awsrds.IClusterInstance{
			awsrds.ClusterInstance_ServerlessV2(jsii.String("Reader"), instanceProps(config, in.key, "reader", config.Zones[1])),
		},
		ParameterGroup:       newParameterGroup(scope, config, engine),
		StorageEncrypted:     jsii.Bool(true),
		StorageEncryptionKey: in.key,
		CopyTagsToSnapshot:   jsii.Bool(true),
		Backup: &awsrds.BackupProps{
			Retention: awscdk.Duration_Days(jsii.Number(config.BackupRetentionDays)),
			// 17:00 UTC is 03:00 in Sydney, 04:00 in summer: away from peaks.
			PreferredWindow: jsii.String("17:00-18:00"),
		},
		CloudwatchLogsExports:      jsii.Strings("postgresql"),
		PreferredMaintenanceWindow: jsii.String("sun:18:30-sun:19:30"),
		AutoMinorVersionUpgrade:    jsii.Bool(true),
		DeletionProtection:         jsii.Bool(false),
		DeleteAutomatedBackups:     jsii.Bool(true),
		RemovalPolicy:              awscdk.RemovalPolicy_DESTROY,
	})
	cluster.Node().AddDependency(exported)
	explain(cluster, "AwsSolutions-RDS6", "D4: the containers take a user and a password from the existing secret")
	explain(cluster, "AwsSolutions-RDS10", "G2: every resource can be destroyed")
	explain(cluster, "AwsSolutions-RDS11", "nobody but the tasks reaches the port, whatever its number is")
	explainGuard(cluster, "CT.RDS.PR.3", "G2: every resource can be destroyed")
	explainGuard(cluster, "CT.RDS.PR.4", "D4: the containers take a user and a password from the existing secret")
	for _, id := range []string{"Writer", "Reader"} {
		explainGuard(cluster.Node().FindChild(jsii.String(id)), "CT.RDS.PR.2",
			"G2: it would write to RDSOSMetrics, a log group of the whole account that outlives the stack")
	}
	return database{cluster: cluster, secret: cluster.Secret()}
}

func instanceProps(config settings.Config, key awskms.Key, purpose, zone string) *awsrds.ServerlessV2ClusterInstanceProps {
	return &awsrds.ServerlessV2ClusterInstanceProps{
		InstanceIdentifier:              jsii.String(config.Name("db", purpose)),
		AvailabilityZone:                jsii.String(zone),
		PubliclyAccessible:              jsii.Bool(false),
		AutoMinorVersionUpgrade:         jsii.Bool(true),
		CaCertificate:                   awsrds.CaCertificate_RDS_CA_RSA2048_G1(),
		EnablePerformanceInsights:       jsii.Bool(true),
		PerformanceInsightEncryptionKey: key,
		PerformanceInsightRetention:     awsrds.PerformanceInsightRetention_DEFAULT,
		// A reader that follows the writer's size can take over at once.
		ScaleWithWriter: jsii.Bool(purpose == "reader"),
	}
}

// newParameterGroup makes the server refuse a connection without TLS (G3) and
// log what an auditor or a slow query asks for.
func newParameterGroup(scope constructs.Construct, config settings.Config, engine awsrds.IClusterEngine) awsrds.ParameterGroup {
	return awsrds.NewParameterGroup(scope, jsii.String("DatabaseParameters"), &awsrds.ParameterGroupProps{
		Engine:        engine,
		Name:          jsii.String(config.Name("pg", "catalog")),
		Description:   jsii.String("PostgreSQL of the product catalog"),
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
		Parameters: &map[string]*string{
			"rds.force_ssl":              jsii.String("1"),
			"log_connections":            jsii.String("1"),
			"log_min_duration_statement": jsii.String("1000"), // milliseconds
		},
	})
}
