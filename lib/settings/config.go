package settings

import (
	"os"

	"catalog/contract"
)

// Config is what one environment may choose. Everything that the customer
// fixed (2 to 10 tasks, 70 % CPU, 60 s, 70/30) is a constant beside its use.
type Config struct {
	// Suffix keeps environments apart: every physical name ends with it. A
	// second region takes another suffix, since IAM names are global.
	Suffix string
	// Profile is dev, staging or prod: where the defaults below come from.
	Profile string
	// Workload is what the API's container runs: WorkloadGo or WorkloadFlask.
	Workload string
	// Region and its three zones by name, so that synth asks no AWS account.
	Region string
	Zones  []string
	Sizes
	// LogLevel is what the API logs: debug, info, warn or error.
	LogLevel string
	// CertificateARN, of ACM, turns HTTPS on; HTTP then only redirects.
	CertificateARN string
	// DomainName gets a record in the hosted zone; it needs the certificate.
	DomainName, HostedZoneID, HostedZoneName string
	// TestListenerCIDR is the network that may reach green before the shift,
	// "" none.
	TestListenerCIDR string
	// AlarmEmail subscribes to the alarms, "" nobody.
	AlarmEmail string
	// MonthlyBudgetUSD alarms at 80 and 100 percent of it; 0 is no budget.
	MonthlyBudgetUSD float64
	// Owner and CostCentre are tags for cost allocation.
	Owner, CostCentre string
	// ExecuteCommand lets operators open a session in a container (ECS Exec).
	ExecuteCommand bool
	// GitHubRepository, owner/name, may deploy this environment from its
	// workflows; "" declares no role for it.
	GitHubRepository string
	// Peaks are known times with more than 2 tasks at least.
	Peaks []Peak
}

// Load reads an environment's choices from the CDK context and refuses
// the first that is wrong, before anything is built.
func Load(context Lookup) (Config, error) {
	r := reader{lookup: context}
	profile := r.text("profile", defaultProfile)
	sizes := profiles[profile] // the zero Sizes of an unknown one are refused below
	c := Config{
		Suffix:  r.text("environmentSuffix", orDefault(os.Getenv(contract.EnvSuffix), "dev")),
		Profile: profile, Workload: r.text("workload", WorkloadGo),
		Region: r.text("region", defaultRegion),
		Sizes: Sizes{
			TaskCPU:             r.whole("taskCpu", sizes.TaskCPU),
			TaskMemory:          r.whole("taskMemory", sizes.TaskMemory),
			DatabaseMinACU:      r.number("databaseMinAcu", sizes.DatabaseMinACU),
			DatabaseMaxACU:      r.number("databaseMaxAcu", sizes.DatabaseMaxACU),
			BackupRetentionDays: r.whole("backupRetentionDays", sizes.BackupRetentionDays),
			LogRetentionDays:    r.whole("logRetentionDays", sizes.LogRetentionDays),
			WAF:                 r.flag("waf", sizes.WAF),
		},
		LogLevel:         r.text("logLevel", "info"),
		CertificateARN:   r.text("certificateArn", ""),
		DomainName:       r.text("domainName", ""),
		HostedZoneID:     r.text("hostedZoneId", ""),
		HostedZoneName:   r.text("hostedZoneName", ""),
		TestListenerCIDR: r.text("testListenerCidr", ""),
		AlarmEmail:       r.text("alarmEmail", ""),
		MonthlyBudgetUSD: r.number("monthlyBudgetUsd", 0),
		Owner:            r.text("owner", "catalog-team"),
		CostCentre:       r.text("costCentre", "catalog"),
		ExecuteCommand:   r.flag("executeCommand", false),
		GitHubRepository: r.text("githubRepository", ""),
		Peaks:            r.peaks("peaks"),
	}
	if r.err != nil {
		return Config{}, r.err
	}
	c.Zones = regionZones[c.Region]
	return c, c.validate()
}

// Name builds a physical name (G1): {resource-type}-{purpose}-{suffix}.
func (c Config) Name(resourceType, purpose string) string {
	return resourceType + "-" + purpose + "-" + c.Suffix
}

// HasTLS says whether the load balancer has a certificate.
func (c Config) HasTLS() bool { return c.CertificateARN != "" }

func orDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
