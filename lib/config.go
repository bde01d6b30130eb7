package lib

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"catalog/contract"
)

// Config is what one environment may choose. Everything that the customer
// fixed (2 to 10 tasks, 70 % CPU, 60 s, 70/30) is a constant beside its use.
type Config struct {
	// Suffix keeps environments apart: every physical name ends with it.
	Suffix string
	// Region and its three zones by name, so that synth asks no AWS account.
	Region string
	Zones  []string
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
	// LogLevel is what the API logs: debug, info, warn or error.
	LogLevel string
}

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

// logRetention maps days to the periods of CloudWatch Logs (AWS:
// PutRetentionPolicy) that make sense for an API's logs.
var logRetention = map[int]awslogs.RetentionDays{
	1:   awslogs.RetentionDays_ONE_DAY,
	7:   awslogs.RetentionDays_ONE_WEEK,
	14:  awslogs.RetentionDays_TWO_WEEKS,
	30:  awslogs.RetentionDays_ONE_MONTH,
	90:  awslogs.RetentionDays_THREE_MONTHS,
	180: awslogs.RetentionDays_SIX_MONTHS,
	365: awslogs.RetentionDays_ONE_YEAR,
	731: awslogs.RetentionDays_TWO_YEARS,
}

var logLevels = []string{"debug", "info", "warn", "error"}

// Lookup returns a CDK context value: a string from the command line or any
// JSON value from cdk.json, nil where there is none.
type Lookup func(key string) any

// LoadConfig reads an environment's choices from the CDK context and refuses
// the first that is wrong, before anything is built.
func LoadConfig(context Lookup) (Config, error) {
	r := reader{lookup: context}
	c := Config{
		Suffix:              r.text("environmentSuffix", orDefault(os.Getenv(contract.EnvSuffix), "dev")),
		Region:              r.text("region", defaultRegion),
		TaskCPU:             r.whole("taskCpu", 512),
		TaskMemory:          r.whole("taskMemory", 1024),
		DatabaseMinACU:      r.number("databaseMinAcu", 0.5),
		DatabaseMaxACU:      r.number("databaseMaxAcu", 8),
		BackupRetentionDays: r.whole("backupRetentionDays", 7),
		LogRetentionDays:    r.whole("logRetentionDays", 30),
		LogLevel:            r.text("logLevel", "info"),
	}
	if r.err != nil {
		return Config{}, r.err
	}
	c.Zones = regionZones[c.Region]
	return c, c.validate()
}

func (c Config) validate() error {
	switch {
	case !contract.ValidSuffix(c.Suffix):
		return refuse("environmentSuffix", c.Suffix, contract.SuffixRule)
	case regionZones[c.Region] == nil:
		return refuse("region", c.Region, "one of "+strings.Join(sortedKeys(regionZones), ", "))
	case fargateMemory[c.TaskCPU] == nil:
		return refuse("taskCpu", c.TaskCPU, fmt.Sprintf("one of %v CPU units", sortedKeys(fargateMemory)))
	case !slices.Contains(fargateMemory[c.TaskCPU], c.TaskMemory):
		return refuse("taskMemory", c.TaskMemory, fmt.Sprintf("one of %v MiB with taskCpu %d", fargateMemory[c.TaskCPU], c.TaskCPU))
	case !isACU(c.DatabaseMinACU):
		return refuse("databaseMinAcu", c.DatabaseMinACU, "0.5 to 256 in steps of 0.5")
	case !isACU(c.DatabaseMaxACU) || c.DatabaseMaxACU < 1 || c.DatabaseMaxACU < c.DatabaseMinACU:
		return refuse("databaseMaxAcu", c.DatabaseMaxACU, fmt.Sprintf("%g to 256 in steps of 0.5", max(1, c.DatabaseMinACU)))
	case c.BackupRetentionDays < 1 || c.BackupRetentionDays > 35:
		return refuse("backupRetentionDays", c.BackupRetentionDays, "1 to 35")
	case logRetention[c.LogRetentionDays] == "":
		return refuse("logRetentionDays", c.LogRetentionDays, fmt.Sprintf("one of %v", sortedKeys(logRetention)))
	case !slices.Contains(logLevels, c.LogLevel):
		return refuse("logLevel", c.LogLevel, "one of "+strings.Join(logLevels, ", "))
	}
	return nil
}

// Name builds a physical name (G1): {resource-type}-{purpose}-{suffix}.
func (c Config) Name(resourceType, purpose string) string {
	return resourceType + "-" + purpose + "-" + c.Suffix
}

// reader takes values out of the context and keeps the first error.
type reader struct {
	lookup Lookup
	err    error
}

func (r *reader) text(key, fallback string) string {
	switch v := r.lookup(key).(type) {
	case nil:
		return fallback
	case string:
		return v
	default:
		r.fail(key, v, "a string")
		return fallback
	}
}

func (r *reader) number(key string, fallback float64) float64 {
	switch v := r.lookup(key).(type) {
	case nil:
		return fallback
	case float64:
		return v
	case string:
		n, err := strconv.ParseFloat(v, 64)
		if err != nil {
			r.fail(key, v, "a number")
		}
		return n
	default:
		r.fail(key, v, "a number")
		return fallback
	}
}

func (r *reader) whole(key string, fallback int) int {
	n := r.number(key, float64(fallback))
	if r.err == nil && n != float64(int(n)) {
		r.fail(key, n, "a whole number")
	}
	return int(n)
}

func (r *reader) fail(key string, value any, allowed string) {
	if r.err == nil {
		r.err = refuse(key, value, allowed)
	}
}

func refuse(key string, value any, allowed string) error {
	return fmt.Errorf("context %s is %q: it must be %s (set it with --context %s=… or in cdk.json)", key, fmt.Sprint(value), allowed, key)
}

func isACU(n float64) bool { return n >= 0.5 && n <= 256 && n*2 == float64(int(n*2)) }

func orDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

func sortedKeys[K interface{ ~int | ~string }, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}
