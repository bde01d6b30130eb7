package local

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"catalog/local/pgserver"
)

// withDatabase adds the template's database: its parameter group, the
// attachment of the existing secret, and the container's secrets out of it.
func withDatabase() edits {
	return edits{
		"Resources.Service.Properties.DesiredCount": `1`,
		"Resources.Parameters":                      `{"Type": "AWS::RDS::DBClusterParameterGroup", "Properties": {"DBClusterParameterGroupName": "pg-test", "Parameters": {"rds.force_ssl": "1", "fsync": "off", "max_connections": 25, "work_mem": "9MB"}}}`,
		"Resources.Database": `{"Type": "AWS::RDS::DBCluster", "Properties": {"DBClusterIdentifier": "db-test", "DatabaseName": "catalog", "Engine": "aurora-postgresql",
			"DBClusterParameterGroupName": {"Ref": "Parameters"},
			"MasterUsername": {"Fn::Join": ["", ["{{resolve:secretsmanager:arn:aws:secretsmanager:ap-southeast-2:", {"Ref": "AWS::AccountId"}, ":secret:secret-db:SecretString:username::}}"]]},
			"MasterUserPassword": {"Fn::Join": ["", ["{{resolve:secretsmanager:arn:aws:secretsmanager:ap-southeast-2:", {"Ref": "AWS::AccountId"}, ":secret:secret-db:SecretString:password::}}"]]}}}`,
		"Resources.Attachment": `{"Type": "AWS::SecretsManager::SecretTargetAttachment", "Properties": {"TargetType": "AWS::RDS::DBCluster", "TargetId": {"Ref": "Database"},
			"SecretId": {"Fn::Join": ["", ["arn:aws:secretsmanager:ap-southeast-2:", {"Ref": "AWS::AccountId"}, ":secret:secret-db"]]}}}`,
		api + "Secrets": `[
			{"Name": "DB_HOST", "ValueFrom": {"Fn::Join": ["", [{"Ref": "Attachment"}, ":host::"]]}},
			{"Name": "DB_PORT", "ValueFrom": {"Fn::Join": ["", [{"Ref": "Attachment"}, ":port::"]]}},
			{"Name": "DB_NAME", "ValueFrom": {"Fn::Join": ["", [{"Ref": "Attachment"}, ":dbname::"]]}},
			{"Name": "DB_PASSWORD", "ValueFrom": {"Fn::Join": ["", [{"Ref": "Attachment"}, ":password::"]]}}]`,
	}
}

func placeWithDatabase(t *testing.T) *place {
	t.Helper()
	p := newPlace(t)
	var err error
	if p.options.PostgresDir, err = pgserver.Binaries("../node_modules"); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestD1_D3_D4_TheDatabaseReachesTheContainersThroughItsSecret(t *testing.T) {
	t.Parallel()
	p := placeWithDatabase(t)
	if err := CreateSecret(p.options.StateDir, "secret-db", map[string]string{"username": "owner", "password": "first"}); err != nil {
		t.Fatal(err)
	}
	p.look(t)
	e := p.up(t, withDatabase())
	db := e.Status().Databases
	if len(db) != 1 || db[0].Name != "db-test" || db[0].PID == 0 {
		t.Fatalf("the databases are %+v", db)
	}
	_, body := p.ask(t, e, http.MethodGet, "/api/environment")
	var got []string
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"DB_HOST=127.0.0.1", "DB_PORT=" + strconv.Itoa(db[0].Port), "DB_NAME=catalog", "DB_PASSWORD=first"} {
		if !slices.Contains(got, want) {
			t.Errorf("the container has %q, want %s in it", got, want)
		}
	}
	i := slices.IndexFunc(got, func(v string) bool { return strings.HasPrefix(v, "DB_CA_FILE=") })
	if i < 0 {
		t.Fatal("the container does not know who signed the database's certificate")
	}
	if content, err := os.ReadFile(strings.TrimPrefix(got[i], "DB_CA_FILE=")); err != nil || !strings.Contains(string(content), "BEGIN CERTIFICATE") {
		t.Errorf("%s: %v", got[i], err)
	}
	for key, want := range map[string]string{"engine": "postgres", "username": "owner", "port": strconv.Itoa(db[0].Port)} {
		if value, err := ReadSecret(p.options.StateDir, "secret-db", key); value != want || err != nil {
			t.Errorf("the secret's %s is %q, %v, want %q", key, value, err, want)
		}
	}
	server := all[*database](e)[0].server
	for name, want := range map[string]string{"work_mem": "9MB", "max_connections": "25", "fsync": "off"} {
		if got := setting(t, server, p.options.StateDir, name); got != want {
			t.Errorf("the parameter group's %s is %q, want %q", name, got, want)
		}
	}
	p.down(t, e)
	p.reuseWithAnotherPassword(t)
}

// reuseWithAnotherPassword: data that was made with another password is not
// dropped in silence.
func (p *place) reuseWithAnotherPassword(t *testing.T) {
	t.Helper()
	if err := os.Remove(filepath.Join(p.options.StateDir, secretsDir, "secret-db.json")); err != nil {
		t.Fatal(err)
	}
	if err := CreateSecret(p.options.StateDir, "secret-db", map[string]string{"username": "owner", "password": "second"}); err != nil {
		t.Fatal(err)
	}
	p.fail(t, withDatabase(), "Database (AWS::RDS::DBCluster): the data of an earlier run has another password than the secret", "--fresh")
	p.options.Fresh = true
	p.up(t, withDatabase())
}

// setting asks a server as the containers do.
func setting(t *testing.T, server *pgserver.Server, state, name string) string {
	t.Helper()
	config, err := pgx.ParseConfig("host=127.0.0.1 user=owner dbname=catalog sslmode=verify-full sslrootcert=" + server.Authority() +
		" port=" + strconv.Itoa(server.Port()))
	if err != nil {
		t.Fatal(err)
	}
	if config.Password, err = ReadSecret(state, "secret-db", "password"); err != nil {
		t.Fatal(err)
	}
	c, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	var value string
	if err := c.QueryRow(t.Context(), "SELECT current_setting($1)", name).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestD5_WithoutItsSecretThereIsNoDatabase(t *testing.T) {
	t.Parallel()
	p := placeWithDatabase(t)
	p.fail(t, withDatabase(), "Database (AWS::RDS::DBCluster): ", "secret secret-db does not exist: the stack looks it up and never creates it")
	if _, err := os.Stat(filepath.Join(p.options.StateDir, postgresDir)); err == nil {
		t.Error("a database was made")
	}
}

func TestOtherEnginesAreRefused(t *testing.T) {
	t.Parallel()
	p := placeWithDatabase(t)
	if err := CreateSecret(p.options.StateDir, "secret-db", map[string]string{"username": "owner", "password": "x"}); err != nil {
		t.Fatal(err)
	}
	changes := withDatabase()
	changes["Resources.Database.Properties.Engine"] = `"aurora-mysql"`
	p.fail(t, changes, "Database (AWS::RDS::DBCluster): its engine is aurora-mysql: the local place has PostgreSQL")
}
