package cloud

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/servicequotas"
)

// Two quotas that a first deployment meets in an account that is in use, half
// an hour after it began (AWS: "Amazon VPC quotas"; both are 5 by default).
var (
	natQuota = quota{"vpc", "L-FE5A380F", "NAT gateways per zone"}
	eipQuota = quota{"ec2", "L-0263D0A3", "Elastic IP addresses"}
)

type quota struct{ service, code, name string }

// defaultQuota is what AWS gives an account of each.
const defaultQuota = 5

// limit asks for the account's own value. Where AWS does not say one, it is
// the default.
func (a *Account) limit(ctx context.Context, q quota) (int, error) {
	client := servicequotas.NewFromConfig(a.config)
	out, err := client.GetServiceQuota(ctx, &servicequotas.GetServiceQuotaInput{
		ServiceCode: aws.String(q.service), QuotaCode: aws.String(q.code),
	})
	if hasCode(err, "NoSuchResource") {
		return defaultQuota, nil
	}
	if err != nil {
		return 0, explain("the quota of "+q.name+" cannot be read", err)
	}
	if out.Quota == nil || out.Quota.Value == nil {
		return defaultQuota, nil
	}
	return int(*out.Quota.Value), nil
}

// CheckQuotas says whether what a stack needs fits beside what is in use.
func (a *Account) CheckQuotas(ctx context.Context, n Needs) error {
	if n.ElasticIPs > 0 {
		limit, err := a.limit(ctx, eipQuota)
		if err != nil {
			return err
		}
		pages, err := ec2Pages[addresses](ctx, a, "DescribeAddresses", nil)
		if err != nil {
			return explain("the Elastic IP addresses in use cannot be listed", err)
		}
		used := 0
		for _, page := range pages {
			used += len(page.All)
		}
		if err := eipQuota.fits(n.ElasticIPs, used, limit, ""); err != nil {
			return err
		}
	}
	if n.NATGateways == 0 {
		return nil
	}
	limit, err := a.limit(ctx, natQuota)
	if err != nil {
		return err
	}
	used, err := a.natGatewaysByZone(ctx)
	if err != nil {
		return explain("the NAT gateways in use cannot be listed", err)
	}
	for _, zone := range n.Zones {
		if err := natQuota.fits(1, used[zone], limit, " in "+zone); err != nil {
			return err
		}
	}
	return nil
}

func (q quota) fits(needed, used, limit int, where string) error {
	if used+needed <= limit {
		return nil
	}
	return &Failure{
		What: fmt.Sprintf("the account has no room for %d more %s%s", needed, q.name, where),
		Why:  fmt.Sprintf("%d of %d are in use", used, limit),
		Next: fmt.Sprintf("release some, or ask for more with aws service-quotas request-service-quota-increase --service-code %s --quota-code %s --desired-value %d, %s", q.service, q.code, used+needed, again),
	}
}

// natGatewaysByZone counts those that hold their place. A gateway says its
// subnet, and the subnet its zone; a regional gateway has none.
func (a *Account) natGatewaysByZone(ctx context.Context) (map[string]int, error) {
	gateways, err := ec2Pages[natGateways](ctx, a, "DescribeNatGateways", map[string][]string{"state": {"pending", "available", "deleting"}})
	if err != nil {
		return nil, err
	}
	bySubnet := map[string]int{}
	for _, page := range gateways {
		for _, gateway := range page.All {
			bySubnet[gateway.Subnet]++
		}
	}
	zones, err := ec2Pages[subnets](ctx, a, "DescribeSubnets", nil)
	if err != nil {
		return nil, err
	}
	byZone := map[string]int{}
	for _, page := range zones {
		for _, subnet := range page.All {
			byZone[subnet.Zone] += bySubnet[subnet.ID]
		}
	}
	return byZone, nil
}
