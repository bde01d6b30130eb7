package template

import (
	"regexp"
	"testing"
)

func TestD1_AuroraPostgreSQLInIsolatedSubnets(t *testing.T) {
	t.Parallel()
	id, cluster := catalogTemplate.one(t, "AWS::RDS::DBCluster")
	want(t, "aurora-postgresql", cluster, "Engine")
	want(t, "17.9", cluster, "EngineVersion")
	want(t, "catalog", cluster, "DatabaseName")
	group, subnets := catalogTemplate.one(t, "AWS::RDS::DBSubnetGroup")
	want(t, ref(group), cluster, "DBSubnetGroupName")
	isolated := subnetsOf("database")
	for _, subnet := range subnets["SubnetIds"].([]any) {
		if isolated[in(subnet, "Ref").(string)] == nil {
			t.Errorf("the database may stand in %v, which is no isolated subnet", subnet)
		}
	}
	instances := catalogTemplate.all("AWS::RDS::DBInstance")
	if len(instances) != 2 {
		t.Errorf("the cluster has %d instances, want a writer and a reader", len(instances))
	}
	for _, instance := range instances {
		want(t, ref(id), instance, "DBClusterIdentifier")
		want(t, false, instance, "PubliclyAccessible")
	}
}

func TestG3_DatabaseIsEncryptedAtRestAndOnTheWay(t *testing.T) {
	t.Parallel()
	_, cluster := catalogTemplate.one(t, "AWS::RDS::DBCluster")
	want(t, true, cluster, "StorageEncrypted")
	group, parameters := catalogTemplate.one(t, "AWS::RDS::DBClusterParameterGroup")
	want(t, ref(group), cluster, "DBClusterParameterGroupName")
	want(t, "1", parameters, "Parameters", "rds.force_ssl")
}

func TestD2_AutomatedBackupsAwayFromPeaks(t *testing.T) {
	t.Parallel()
	_, cluster := catalogTemplate.one(t, "AWS::RDS::DBCluster")
	want(t, 7, cluster, "BackupRetentionPeriod")
	want(t, "17:00-18:00", cluster, "PreferredBackupWindow")
}

func TestD3_ConnectionIsWrittenIntoTheSecret(t *testing.T) {
	t.Parallel()
	cluster, properties := catalogTemplate.one(t, "AWS::RDS::DBCluster")
	_, attachment := catalogTemplate.one(t, "AWS::SecretsManager::SecretTargetAttachment")
	want(t, ref(cluster), attachment, "TargetId")
	want(t, "AWS::RDS::DBCluster", attachment, "TargetType")
	want(t, ref("DatabaseSecretArn"), attachment, "SecretId")
	for key, value := range map[string]any{"username": properties["MasterUsername"], "password": properties["MasterUserPassword"]} {
		want(t, map[string]any{"Fn::Join": []any{"", []any{
			"{{resolve:secretsmanager:", ref("DatabaseSecretArn"), ":SecretString:" + key + "::}}",
		}}}, value)
	}
}

func TestD4_CredentialsAreInjectedKeyByKey(t *testing.T) {
	t.Parallel()
	attachment, _ := catalogTemplate.one(t, "AWS::SecretsManager::SecretTargetAttachment")
	keys := map[string]string{
		"DB_HOST": "host", "DB_PORT": "port", "DB_NAME": "dbname", "DB_USERNAME": "username", "DB_PASSWORD": "password",
	}
	for _, name := range []string{"api", "migrate"} {
		secrets := container(t, name)["Secrets"]
		for variable, key := range keys {
			want(t, map[string]any{"Fn::Join": []any{"", []any{ref(attachment), ":" + key + "::"}}},
				byKey(secrets, "Name", "ValueFrom", variable))
		}
	}
	want(t, map[string]any{"Fn::Join": []any{"", []any{ref("ApiSecretArn"), ":write_token::"}}},
		byKey(container(t, "api")["Secrets"], "Name", "ValueFrom", "API_WRITE_TOKEN"))
	for _, name := range []string{"api", "migrate", "otel-collector"} {
		for _, variable := range container(t, name)["Environment"].([]any) {
			if _, secret := keys[in(variable, "Name").(string)]; secret || in(variable, "Name") == "API_WRITE_TOKEN" {
				t.Errorf("container %s has %v in the open", name, in(variable, "Name"))
			}
		}
	}
}

// TestD5_SecretsAreLookedUpByTheirWholeARN (checklist 38): the parameter takes
// this environment's secret and no other.
func TestD5_SecretsAreLookedUpByTheirWholeARN(t *testing.T) {
	t.Parallel()
	for parameter, name := range map[string]string{"DatabaseSecretArn": "secret-catalog-db-pr-42", "ApiSecretArn": "secret-catalog-api-pr-42"} {
		pattern := regexp.MustCompile(catalogTemplate.Parameters[parameter]["AllowedPattern"].(string))
		prefix := "arn:aws:secretsmanager:ap-southeast-2:123456789012:secret:"
		for given, taken := range map[string]bool{
			prefix + name + "-AbC123":                true,
			prefix + name:                            false, // a prefix would match other secrets
			prefix + name + "-other-AbC123":          false,
			prefix + "secret-catalog-db-prod-AbC123": false,
		} {
			if pattern.MatchString(given) != taken {
				t.Errorf("%s takes %s: %v, want %v", parameter, given, !taken, taken)
			}
		}
	}
}

func TestD5_TheStackCreatesNoSecret(t *testing.T) {
	t.Parallel()
	for _, tmpl := range []template{registryTemplate, catalogTemplate} {
		if secrets := tmpl.all("AWS::SecretsManager::Secret"); len(secrets) > 0 {
			t.Errorf("the stack creates %d secrets, want none: they exist before it", len(secrets))
		}
	}
}

func TestG2_NothingIsRetained(t *testing.T) {
	t.Parallel()
	for _, tmpl := range []template{registryTemplate, catalogTemplate} {
		for id, r := range tmpl.Resources {
			for _, policy := range []string{r.DeletionPolicy, r.UpdateReplacePolicy} {
				if policy != "" && policy != "Delete" {
					t.Errorf("%s (%s) survives a delete: %s", id, r.Type, policy)
				}
			}
		}
	}
	_, cluster := catalogTemplate.one(t, "AWS::RDS::DBCluster")
	want(t, false, cluster, "DeletionProtection")
	want(t, true, cluster, "DeleteAutomatedBackups")
	_, repository := registryTemplate.one(t, "AWS::ECR::Repository")
	want(t, true, repository, "EmptyOnDelete")
}

func TestO6_EveryContainerLogsToAGroupOfTheStack(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"api", "migrate", "otel-collector"} {
		options := in(container(t, name), "LogConfiguration", "Options")
		group, _ := in(options, "awslogs-group", "Ref").(string)
		if catalogTemplate.Resources[group].Type != "AWS::Logs::LogGroup" {
			t.Errorf("container %s logs to %s", name, asJSON(options))
		}
	}
}
