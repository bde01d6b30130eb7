// Package contract holds the words that every wing shares: what the
// infrastructure injects, what a container must answer, what a stack puts out.
// It imports nothing, so that no wing reaches another one through it.
//
// A workload keeps the contract when it listens on Port (or what $PORT says),
// answers HealthPath, serves everything else under APIPrefix, and drains on
// SIGTERM. The Go API does; so does any Flask image that is told nothing else.
package contract

// What a container listens on and answers.
const (
	Port       = 8080
	HealthPath = "/health"
	APIPrefix  = "/api/"
	APIBase    = "/api/v1"
)

// Environment variables that a task gets. The DB_ ones and API_WRITE_TOKEN
// come from Secrets Manager, key by key.
const (
	EnvPort          = "PORT"
	EnvDBHost        = "DB_HOST"
	EnvDBPort        = "DB_PORT"
	EnvDBName        = "DB_NAME"
	EnvDBUsername    = "DB_USERNAME"
	EnvDBPassword    = "DB_PASSWORD"
	EnvAPIWriteToken = "API_WRITE_TOKEN"
	EnvSuffix        = "ENVIRONMENT_SUFFIX"
	EnvLogLevel      = "LOG_LEVEL"
	EnvOTLPEndpoint  = "OTEL_EXPORTER_OTLP_ENDPOINT"
	EnvOTelService   = "OTEL_SERVICE_NAME"
	EnvXRayDaemon    = "AWS_XRAY_DAEMON_ADDRESS"
	// EnvDrainDelay is how long a task that was told SIGTERM keeps serving
	// (a Go duration): the target group's deregistration delay.
	EnvDrainDelay = "DRAIN_DELAY"
)

// MetricNamespace is where CloudWatch shows the API's own metrics, by the
// dimensions Environment (the suffix) and Service (OTEL_SERVICE_NAME).
const MetricNamespace = "Catalog"

// EnvCacheBytes is how much memory, in bytes, a task's kept answers may take;
// 0 keeps none. It is the API's own: the template leaves it at its default.
const EnvCacheBytes = "API_CACHE_BYTES"

// Environment variables that only a place without network interfaces of its
// own adds: where to listen instead of everywhere, and which authority signed
// the database's certificate.
const (
	EnvHost     = "HOST"
	EnvDBCAFile = "DB_CA_FILE"
)

// DBConnectionsPerTask is how many connections a task may hold: 10 tasks in 2
// colours, each with one more while it migrates, stay below the 189 that Aurora
// allows a cluster whose largest capacity is the smallest one, 1 ACU.
const DBConnectionsPerTask = 8

// Keys of the two secrets that exist before the stack.
const (
	SecretKeyUsername   = "username"
	SecretKeyPassword   = "password"
	SecretKeyHost       = "host"
	SecretKeyPort       = "port"
	SecretKeyDBName     = "dbname"
	SecretKeyEngine     = "engine"
	SecretKeyWriteToken = "write_token"
)

// DBSecretName is the existing secret with the database's credentials.
func DBSecretName(suffix string) string { return "secret-catalog-db-" + suffix }

// APISecretName is the existing secret with the API's write token.
func APISecretName(suffix string) string { return "secret-catalog-api-" + suffix }

// SuffixRule says what ValidSuffix takes.
const SuffixRule = "1 to 12 of a-z, 0-9 and -, beginning with a letter and not ending with -"

// ValidSuffix says whether a text can tell an environment from others: it
// ends every physical name.
func ValidSuffix(s string) bool {
	if len(s) < 1 || len(s) > 12 || s[0] < 'a' || s[0] > 'z' || s[len(s)-1] == '-' {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// RegistryStackName is the stack that holds the ECR repository: it must exist,
// with an image in it, before a service can start.
func RegistryStackName(suffix string) string { return "stack-registry-" + suffix }

// CatalogStackName is the stack that holds everything but the registry.
func CatalogStackName(suffix string) string { return "stack-catalog-" + suffix }

// DeliveryStackName is the stack with the role of the workflows that deploy.
func DeliveryStackName(suffix string) string { return "stack-delivery-" + suffix }

// Outputs, the keys of cfn-outputs/flat-outputs.json.
const (
	OutputAlbDNSName       = "AlbDnsName"
	OutputAPIURL           = "ApiUrl"
	OutputEcrRepositoryURI = "EcrRepositoryUri"
	OutputDashboardURL     = "DashboardUrl"
	OutputClusterName      = "ClusterName"
	OutputServiceName      = "ServiceName"

	// OutputsFile is where they are written; EnvOutputs names another place.
	OutputsFile = "cfn-outputs/flat-outputs.json"
	EnvOutputs  = "CFN_OUTPUTS"
)

// Stack parameters: what a release changes without changing the template.
const (
	ParamImageDigest       = "ImageDigest"
	ParamInitialDeployment = "InitialDeployment"
	// ParamMigrationImageDigest is our own image where another workload's is
	// ImageDigest: its migrate command runs before the API.
	ParamMigrationImageDigest = "MigrationImageDigest"
	ParamDatabaseSecretARN    = "DatabaseSecretArn"
	ParamAPISecretARN         = "ApiSecretArn"
)
