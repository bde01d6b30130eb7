package settings

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"catalog/contract"
)

var logLevels = []string{"debug", "info", "warn", "error"}

var (
	certificatePattern = regexp.MustCompile(`^arn:aws[a-z-]*:acm:([a-z0-9-]+):\d{12}:certificate/[0-9a-f-]{36}$`)
	domainPattern      = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)
	zonePattern        = regexp.MustCompile(`^Z[A-Z0-9]{5,31}$`)
	emailPattern       = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	repositoryPattern  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$`)
	tagPattern         = regexp.MustCompile(`^[\w .:/=+@-]{1,256}$`)
)

// check is one rule of a configuration: the context key, its value, whether
// it holds, and what is allowed.
type check struct {
	key     string
	value   any
	ok      bool
	allowed string
}

func (c Config) validate() error {
	for _, one := range slices.Concat(c.placeChecks(), c.sizeChecks(), c.optionalChecks()) {
		if !one.ok {
			return refuse(one.key, one.value, one.allowed)
		}
	}
	return validatePeaks(c.Peaks)
}

func (c Config) placeChecks() []check {
	_, known := profiles[c.Profile]
	return []check{
		{"environmentSuffix", c.Suffix, contract.ValidSuffix(c.Suffix), contract.SuffixRule},
		{"profile", c.Profile, known, "one of " + strings.Join(sortedKeys(profiles), ", ")},
		{"workload", c.Workload, slices.Contains(workloads, c.Workload), "one of " + strings.Join(workloads, ", ")},
		{"region", c.Region, regionZones[c.Region] != nil, "one of " + strings.Join(sortedKeys(regionZones), ", ")},
		{"logLevel", c.LogLevel, slices.Contains(logLevels, c.LogLevel), "one of " + strings.Join(logLevels, ", ")},
	}
}

func (c Config) sizeChecks() []check {
	highest := c.DatabaseMaxACU
	return []check{
		{"taskCpu", c.TaskCPU, fargateMemory[c.TaskCPU] != nil, fmt.Sprintf("one of %v CPU units", sortedKeys(fargateMemory))},
		{
			"taskMemory", c.TaskMemory, slices.Contains(fargateMemory[c.TaskCPU], c.TaskMemory),
			fmt.Sprintf("one of %v MiB with taskCpu %d", fargateMemory[c.TaskCPU], c.TaskCPU),
		},
		{"databaseMinAcu", c.DatabaseMinACU, isACU(c.DatabaseMinACU), "0.5 to 256 in steps of 0.5"},
		{
			"databaseMaxAcu", highest, isACU(highest) && highest >= 1 && highest >= c.DatabaseMinACU,
			fmt.Sprintf("%g to 256 in steps of 0.5", max(1, c.DatabaseMinACU)),
		},
		{
			"backupRetentionDays", c.BackupRetentionDays, c.BackupRetentionDays >= MinBackupDays && c.BackupRetentionDays <= 35,
			fmt.Sprintf("%d to 35", MinBackupDays),
		},
		{"logRetentionDays", c.LogRetentionDays, slices.Contains(logRetention, c.LogRetentionDays), fmt.Sprintf("one of %v", logRetention)},
	}
}

func (c Config) optionalChecks() []check {
	certificate := certificatePattern.FindStringSubmatch(c.CertificateARN)
	return []check{
		{
			"certificateArn", c.CertificateARN, c.CertificateARN == "" || certificate != nil && certificate[1] == c.Region,
			"the ARN of an ACM certificate in " + c.Region,
		},
		{
			"domainName", c.DomainName, c.DomainName == "" || domainPattern.MatchString(c.DomainName) && c.HasTLS(),
			"a domain name like shop.example.com, together with certificateArn",
		},
		{
			"hostedZoneId", c.HostedZoneID, (c.DomainName == "") == (c.HostedZoneID == "") && (c.HostedZoneID == "" || zonePattern.MatchString(c.HostedZoneID)),
			"a hosted zone's id like Z0123456789ABC, together with domainName",
		},
		{
			"hostedZoneName", c.HostedZoneName, c.HostedZoneName == "" && c.DomainName == "" ||
				c.HostedZoneName != "" && (c.DomainName == c.HostedZoneName || strings.HasSuffix(c.DomainName, "."+c.HostedZoneName)),
			"the name of the hosted zone that domainName lies in",
		},
		{"testListenerCidr", c.TestListenerCIDR, c.TestListenerCIDR == "" || isNarrow(c.TestListenerCIDR), "an IPv4 network of at most 65,536 addresses, like 203.0.113.0/24"},
		{"alarmEmail", c.AlarmEmail, c.AlarmEmail == "" || emailPattern.MatchString(c.AlarmEmail), "an e-mail address"},
		{
			"monthlyBudgetUsd", c.MonthlyBudgetUSD, c.MonthlyBudgetUSD == 0 || c.MonthlyBudgetUSD >= 1 && c.MonthlyBudgetUSD <= 1e6 && c.AlarmEmail != "",
			"1 to 1000000, together with alarmEmail, or 0 for none",
		},
		{
			"githubRepository", c.GitHubRepository, c.GitHubRepository == "" || repositoryPattern.MatchString(c.GitHubRepository),
			"a repository like shop/catalog, or empty for none",
		},
		{"owner", c.Owner, tagPattern.MatchString(c.Owner), "1 to 256 letters, digits, blanks or any of .:/=+@-_"},
		{"costCentre", c.CostCentre, tagPattern.MatchString(c.CostCentre), "1 to 256 letters, digits, blanks or any of .:/=+@-_"},
	}
}

// isNarrow says whether a text is a network that is not the whole internet or
// a large part of it.
func isNarrow(cidr string) bool {
	network, err := netip.ParsePrefix(cidr)
	return err == nil && network.Addr().Is4() && network.Bits() >= 16 && network == network.Masked()
}

func isACU(n float64) bool { return n >= 0.5 && n <= 256 && n*2 == float64(int(n*2)) }

func sortedKeys[K interface{ ~int | ~string }, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}
