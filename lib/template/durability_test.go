package template

import (
	"strings"
	"testing"

	"catalog/contract"
)

// TestChecklist34_TLSIsForcedAndVerified: here the server's side; the client's
// is held by api/postgres.
func TestChecklist34_TLSIsForcedAndVerified(t *testing.T) {
	t.Parallel()
	for _, e := range environments {
		group, parameters := e.catalog.one(t, "AWS::RDS::DBClusterParameterGroup")
		_, cluster := e.catalog.one(t, "AWS::RDS::DBCluster")
		want(t, ref(group), cluster, "DBClusterParameterGroupName")
		want(t, "1", parameters, "Parameters", "rds.force_ssl")
	}
	// An authority of another place would be named by this variable.
	want(t, nil, byKey(container(t, "api")["Environment"], "Name", "Value", contract.EnvDBCAFile))
}

// TestChecklist35_WriterAndReaderInTwoZones, their bounds and their authority.
func TestChecklist35_WriterAndReaderInTwoZones(t *testing.T) {
	t.Parallel()
	for name, bounds := range map[string]map[string]float64{
		"dev":     {"MinCapacity": 0.5, "MaxCapacity": 4},
		"staging": {"MinCapacity": 0.5, "MaxCapacity": 8},
		"prod":    {"MinCapacity": 1, "MaxCapacity": 32},
	} {
		e := environments[name]
		zones := map[any]bool{}
		for _, instance := range e.catalog.all("AWS::RDS::DBInstance") {
			zones[instance["AvailabilityZone"]] = true
			want(t, "db.serverless", instance, "DBInstanceClass")
			want(t, "rds-ca-rsa2048-g1", instance, "CACertificateIdentifier")
			if tier := instance["PromotionTier"]; tier != 0.0 && tier != 1.0 { // others do not follow the writer's size
				t.Errorf("%s: an instance has the promotion tier %v", name, tier)
			}
		}
		if len(zones) != 2 {
			t.Errorf("%s: the instances stand in %v, want two zones", name, zones)
		}
		_, cluster := e.catalog.one(t, "AWS::RDS::DBCluster")
		want(t, bounds, cluster, "ServerlessV2ScalingConfiguration")
	}
}

// TestChecklist36_BackupsAndMinorUpgrades (D2): a week at least, both windows
// in the night of Sydney and apart.
func TestChecklist36_BackupsAndMinorUpgrades(t *testing.T) {
	t.Parallel()
	for name, days := range map[string]int{"dev": 7, "staging": 7, "prod": 14} {
		e := environments[name]
		_, cluster := e.catalog.one(t, "AWS::RDS::DBCluster")
		want(t, days, cluster, "BackupRetentionPeriod")
		want(t, "17:00-18:00", cluster, "PreferredBackupWindow")
		want(t, "sun:18:30-sun:19:30", cluster, "PreferredMaintenanceWindow")
		for _, instance := range e.catalog.all("AWS::RDS::DBInstance") {
			want(t, true, instance, "AutoMinorVersionUpgrade")
		}
	}
}

// snapshotByDefault are the types of which CloudFormation takes a snapshot on
// deletion unless the template says Delete (AWS: "DeletionPolicy attribute").
var snapshotByDefault = []string{"AWS::RDS::DBCluster", "AWS::RDS::DBInstance"}

// TestChecklist37_NothingIsProtectedOrKept (G2), in any environment: no Retain
// and no snapshot, no protection, and what holds things empties itself.
func TestChecklist37_NothingIsProtectedOrKept(t *testing.T) {
	t.Parallel()
	for name, e := range environments {
		for _, tmpl := range e.templates() {
			for id, r := range tmpl.Resources {
				for _, policy := range []string{r.DeletionPolicy, r.UpdateReplacePolicy} {
					if policy != "" && policy != "Delete" {
						t.Errorf("%s: %s (%s) has the policy %s", name, id, r.Type, policy)
					}
				}
				for property, value := range r.Properties {
					if value == true && strings.Contains(property, "Protection") {
						t.Errorf("%s: %s (%s) has %s", name, id, r.Type, property)
					}
				}
			}
			for _, typ := range snapshotByDefault {
				for id := range tmpl.all(typ) {
					if policy := tmpl.Resources[id].DeletionPolicy; policy != "Delete" {
						t.Errorf("%s: deleting %s (%s) leaves a snapshot: its policy is %q", name, id, typ, policy)
					}
				}
			}
		}
		_, cluster := e.catalog.one(t, "AWS::RDS::DBCluster")
		want(t, false, cluster, "DeletionProtection")
		want(t, true, cluster, "DeleteAutomatedBackups")
		want(t, "false", attributeOf(t, e, "deletion_protection.enabled"))
		_, repository := e.registry.one(t, "AWS::ECR::Repository")
		want(t, true, repository, "EmptyOnDelete")
		buckets, emptiers := e.catalog.all("AWS::S3::Bucket"), e.catalog.all("Custom::S3AutoDeleteObjects")
		if len(buckets) != len(emptiers) {
			t.Errorf("%s: %d of %d buckets empty themselves", name, len(emptiers), len(buckets))
		}
	}
}

// TestChecklist38_TasksReadTheAttachedSecret, which has host and port in it,
// by a whole ARN that is a parameter: docs/decisions/0005.
func TestChecklist38_TasksReadTheAttachedSecret(t *testing.T) {
	t.Parallel()
	for _, e := range environments {
		attachment, _ := e.catalog.one(t, "AWS::SecretsManager::SecretTargetAttachment")
		for _, parameter := range []string{"DatabaseSecretArn", "ApiSecretArn"} {
			if pattern := e.catalog.Parameters[parameter]["AllowedPattern"].(string); !strings.HasSuffix(pattern, "-"+e.suffix+"-[A-Za-z0-9]{6}$") {
				t.Errorf("%s: %s takes %s", e.suffix, parameter, pattern)
			}
		}
		_, task := e.catalog.one(t, "AWS::ECS::TaskDefinition")
		for _, c := range task["ContainerDefinitions"].([]any) {
			secrets, _ := in(c, "Secrets").([]any)
			for _, secret := range secrets {
				from := rendered(in(secret, "ValueFrom")).(string)
				if !strings.HasPrefix(from, "${"+attachment+"}:") && !strings.HasPrefix(from, "${ApiSecretArn}:") {
					t.Errorf("%s: %v comes from %s", e.suffix, in(secret, "Name"), from)
				}
			}
		}
	}
}

// TestChecklist39_ConnectionsOfEveryTaskFit: 10 tasks of 2 colours, each with
// one more connection while it migrates.
func TestChecklist39_ConnectionsOfEveryTaskFit(t *testing.T) {
	t.Parallel()
	const (
		colours = 2
		// AWS, "Maximum connections for Aurora Serverless v2": where the largest
		// capacity is 1 ACU, the smallest that the stack takes.
		allowed = 189
	)
	_, target := catalogTemplate.one(t, "AWS::ApplicationAutoScaling::ScalableTarget")
	tasks := int(target["MaxCapacity"].(float64))
	if most := tasks * colours * (contract.DBConnectionsPerTask + 1); most >= allowed {
		t.Errorf("%d tasks of each colour hold up to %d connections, the database allows %d", tasks, most, allowed)
	}
}

// TestChecklist40_PostgreSQLLogsGoToAnEncryptedGroup that is there before.
func TestChecklist40_PostgreSQLLogsGoToAnEncryptedGroup(t *testing.T) {
	t.Parallel()
	for _, e := range environments {
		id, cluster := e.catalog.one(t, "AWS::RDS::DBCluster")
		want(t, []string{"postgresql"}, cluster, "EnableCloudwatchLogsExports")
		found := ""
		for group, properties := range e.catalog.all("AWS::Logs::LogGroup") {
			if properties["LogGroupName"] == "/aws/rds/cluster/db-catalog-"+e.suffix+"/postgresql" && properties["KmsKeyId"] != nil {
				found = group
			}
		}
		if found == "" || !e.catalog.dependsOn(id, found) {
			t.Errorf("%s: the cluster does not wait for its log group %q", e.suffix, found)
		}
	}
}

func TestChecklist41_RegistryIsImmutableScannedAndEmptied(t *testing.T) {
	t.Parallel()
	for _, e := range environments {
		_, repository := e.registry.one(t, "AWS::ECR::Repository")
		want(t, "IMMUTABLE", repository, "ImageTagMutability")
		want(t, true, repository, "ImageScanningConfiguration", "ScanOnPush")
		want(t, true, repository, "EmptyOnDelete")
	}
}
