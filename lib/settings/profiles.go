package settings

// Sizes are what a profile chooses: how much and how long, and optional parts,
// never the structure of the stack.
type Sizes struct {
	// TaskCPU is in CPU units (1024 is one vCPU), TaskMemory in MiB.
	TaskCPU    int
	TaskMemory int
	// DatabaseMinACU and DatabaseMaxACU bound Aurora Serverless v2, in
	// capacity units of about 2 GiB each.
	DatabaseMinACU float64
	DatabaseMaxACU float64
	// BackupRetentionDays is how long automated backups are kept.
	BackupRetentionDays int
	// LogRetentionDays is how long CloudWatch keeps log events.
	LogRetentionDays int
	// WAF puts a web ACL in front of the load balancer.
	WAF bool
}

// What the customer fixed and a choice is held against.
const (
	MinTasks = 2  // S2
	MaxTasks = 10 // S2
	// MinBackupDays is D2's week.
	MinBackupDays = 7
)

const defaultProfile = "dev"

var profiles = map[string]Sizes{
	"dev": {
		TaskCPU: 512, TaskMemory: 1024, DatabaseMinACU: 0.5, DatabaseMaxACU: 4,
		BackupRetentionDays: 7, LogRetentionDays: 14, WAF: false,
	},
	"staging": {
		TaskCPU: 512, TaskMemory: 1024, DatabaseMinACU: 0.5, DatabaseMaxACU: 8,
		BackupRetentionDays: 7, LogRetentionDays: 30, WAF: true,
	},
	"prod": {
		TaskCPU: 512, TaskMemory: 1024, DatabaseMinACU: 1, DatabaseMaxACU: 32,
		BackupRetentionDays: 14, LogRetentionDays: 365, WAF: true,
	},
}

// What the API's container may run: our own image, or one of another make that
// keeps the same contract, as the company's Flask container does (S1).
const (
	WorkloadGo    = "go"
	WorkloadFlask = "flask"
)

var workloads = []string{WorkloadGo, WorkloadFlask}

const defaultRegion = "ap-southeast-2"

// regionZones lists the regions that a stack may go to. Zones are named
// because an account-independent synth sees only two zones otherwise.
var regionZones = map[string][]string{
	"ap-southeast-2": {"ap-southeast-2a", "ap-southeast-2b", "ap-southeast-2c"},
	"ap-southeast-1": {"ap-southeast-1a", "ap-southeast-1b", "ap-southeast-1c"},
	"eu-west-1":      {"eu-west-1a", "eu-west-1b", "eu-west-1c"},
	"us-west-2":      {"us-west-2a", "us-west-2b", "us-west-2c"},
}

// fargateMemory lists the memory sizes (MiB) that Fargate offers per CPU size
// on Linux (AWS: "Amazon ECS task definition parameters for Fargate").
var fargateMemory = map[int][]int{
	512:  {1024, 2048, 3072, 4096},
	1024: {2048, 3072, 4096, 5120, 6144, 7168, 8192},
	2048: {4096, 5120, 6144, 7168, 8192, 9216, 10240, 11264, 12288, 13312, 14336, 15360, 16384},
}

// logRetention lists the periods of CloudWatch Logs, in days (AWS:
// PutRetentionPolicy), that make sense for an API's logs.
var logRetention = []int{1, 7, 14, 30, 90, 180, 365, 731}
