package template

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// subnetsOf answers the subnets of one kind, by their logical ids.
func subnetsOf(kind string) map[string]map[string]any {
	found := catalogTemplate.all("AWS::EC2::Subnet")
	maps.DeleteFunc(found, func(_ string, p map[string]any) bool {
		return byKey(p["Tags"], "Key", "Value", "aws-cdk:subnet-name") != kind
	})
	return found
}

func TestN1_SubnetsOfEachKindInThreeZones(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"public", "tasks", "database"} {
		var zones []string
		for _, subnet := range subnetsOf(kind) {
			zones = append(zones, subnet["AvailabilityZone"].(string))
		}
		slices.Sort(zones)
		want(t, []string{"ap-southeast-2a", "ap-southeast-2b", "ap-southeast-2c"}, asAny(zones))
	}
}

func asAny(items []string) any {
	var list []any
	for _, item := range items {
		list = append(list, item)
	}
	return list
}

// routesOf answers where the default route of each subnet of a kind leads.
func routesOf(kind string) map[string]map[string]any {
	routes := map[string]map[string]any{}
	for id := range subnetsOf(kind) {
		routes[id] = nil
		for _, association := range catalogTemplate.all("AWS::EC2::SubnetRouteTableAssociation") {
			if in(association, "SubnetId", "Ref") != id {
				continue
			}
			for _, route := range catalogTemplate.all("AWS::EC2::Route") {
				if in(route, "RouteTableId", "Ref") == in(association, "RouteTableId", "Ref") && route["DestinationCidrBlock"] == "0.0.0.0/0" {
					routes[id] = route
				}
			}
		}
	}
	return routes
}

func TestN2_EachZoneHasItsOwnNATGateway(t *testing.T) {
	t.Parallel()
	gateways := catalogTemplate.all("AWS::EC2::NatGateway")
	if len(gateways) != 3 {
		t.Fatalf("there are %d NAT gateways, want 3 (G6: no more)", len(gateways))
	}
	for id, route := range routesOf("tasks") {
		gateway, _ := in(route, "NatGatewayId", "Ref").(string)
		public, _ := in(gateways[gateway], "SubnetId", "Ref").(string)
		zone := subnetsOf("tasks")[id]["AvailabilityZone"]
		want(t, zone, subnetsOf("public")[public], "AvailabilityZone")
	}
}

func TestN3_RoutesByKindOfSubnet(t *testing.T) {
	t.Parallel()
	internet, _ := catalogTemplate.one(t, "AWS::EC2::InternetGateway")
	for _, route := range routesOf("public") {
		want(t, ref(internet), route, "GatewayId")
	}
	for id, route := range routesOf("database") {
		if route != nil {
			t.Errorf("the database's subnet %s has a route to %v, want none out of the VPC", id, route)
		}
	}
}

func TestN3_SubnetsLeaveRoomToGrow(t *testing.T) {
	t.Parallel()
	_, vpc := catalogTemplate.one(t, "AWS::EC2::VPC")
	whole := netip.MustParsePrefix(vpc["CidrBlock"].(string))
	var seen []netip.Prefix
	for kind, bits := range map[string]int{"public": 24, "tasks": 20, "database": 24} {
		for id, subnet := range subnetsOf(kind) {
			prefix := netip.MustParsePrefix(subnet["CidrBlock"].(string))
			if prefix.Bits() > bits || !whole.Contains(prefix.Addr()) {
				t.Errorf("subnet %s is %s, want at least a /%d inside %s", id, prefix, bits, whole)
			}
			for _, other := range seen {
				if other.Overlaps(prefix) {
					t.Errorf("subnets %s and %s overlap", other, prefix)
				}
			}
			seen = append(seen, prefix)
		}
	}
}

func TestG5_NothingGetsAPublicAddressByItself(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"public", "tasks", "database"} {
		for id, subnet := range subnetsOf(kind) {
			if subnet["MapPublicIpOnLaunch"] == true {
				t.Errorf("subnet %s gives out public addresses", id)
			}
		}
	}
}

// TestS4_SecurityGroupsAreAChain: internet → load balancer → tasks → database,
// and nothing besides, but for the tasks' way to AWS over HTTPS.
func TestS4_SecurityGroupsAreAChain(t *testing.T) {
	t.Parallel()
	var flows []string
	nameOf := func(id any) string {
		name, _ := catalogTemplate.Resources[id.(string)].Properties["GroupName"].(string)
		return strings.TrimSuffix(name, "-pr-42")
	}
	for id, group := range catalogTemplate.all("AWS::EC2::SecurityGroup") {
		for _, direction := range []string{"Ingress", "Egress"} {
			rules, _ := group["SecurityGroup"+direction].([]any)
			for _, rule := range rules {
				if in(rule, "CidrIp") == "255.255.255.255/32" { // CDK's way to write: nothing
					continue
				}
				flows = append(flows, nameOf(id)+" "+direction+" "+asJSON(in(rule, "CidrIp"))+" "+asJSON(in(rule, "FromPort")))
			}
		}
	}
	for _, direction := range []string{"Ingress", "Egress"} {
		for _, rule := range catalogTemplate.all("AWS::EC2::SecurityGroup" + direction) {
			peer := in(rule, "SourceSecurityGroupId", "Fn::GetAtt", 0)
			if direction == "Egress" {
				peer = in(rule, "DestinationSecurityGroupId", "Fn::GetAtt", 0)
			}
			flows = append(flows, nameOf(in(rule, "GroupId", "Fn::GetAtt", 0))+" "+direction+" "+nameOf(peer)+" "+asJSON(rule["FromPort"]))
			want(t, in(rule, "FromPort"), rule, "ToPort")
		}
	}
	slices.Sort(flows)
	want(t, []string{
		`sg-alb Egress sg-tasks 8080`,
		`sg-alb Ingress "0.0.0.0/0" 80`,
		`sg-database Ingress sg-tasks 5432`,
		`sg-tasks Egress "0.0.0.0/0" 443`,
		`sg-tasks Egress sg-database 5432`,
		`sg-tasks Ingress sg-alb 8080`,
	}, asAny(flows))
}

// TestChecklist27_S3ByAGatewayEndpoint: layers of images come from S3, and
// pass no NAT gateway. It is the only endpoint (docs/decisions/0006).
func TestChecklist27_S3ByAGatewayEndpoint(t *testing.T) {
	t.Parallel()
	for _, e := range environments {
		if n := len(e.catalog.all("AWS::EC2::NatGateway")); n != 3 {
			t.Errorf("%s has %d NAT gateways, want 3", e.suffix, n)
		}
		_, endpoint := e.catalog.one(t, "AWS::EC2::VPCEndpoint")
		want(t, "Gateway", endpoint, "VpcEndpointType")
		want(t, "com.amazonaws.${AWS::Region}.s3", rendered(endpoint["ServiceName"]))
		if tables := endpoint["RouteTableIds"].([]any); len(tables) != 3 {
			t.Errorf("%s: the endpoint is in %d route tables, want the three of the tasks", e.suffix, len(tables))
		}
	}
}

// TestChecklist28_DatabaseSubnetsHaveNoWayOut: no default route, no endpoint.
func TestChecklist28_DatabaseSubnetsHaveNoWayOut(t *testing.T) {
	t.Parallel()
	_, group := catalogTemplate.one(t, "AWS::RDS::DBSubnetGroup")
	if subnets := group["SubnetIds"].([]any); len(subnets) != 3 {
		t.Errorf("the database has %d subnets, want 3", len(subnets))
	}
	routes := routesOf("database")
	if len(routes) != 3 {
		t.Errorf("there are %d isolated subnets, want 3", len(routes))
	}
	for _, subnet := range group["SubnetIds"].([]any) {
		route, isolated := routes[in(subnet, "Ref").(string)]
		if !isolated || route != nil {
			t.Errorf("the database's subnet %v has the route %v", subnet, route)
		}
	}
}

// TestChecklist29_FlowLogsOfAllTraffic, for whose retention see checklist 50.
func TestChecklist29_FlowLogsOfAllTraffic(t *testing.T) {
	t.Parallel()
	for _, e := range environments {
		vpc, _ := e.catalog.one(t, "AWS::EC2::VPC")
		_, flow := e.catalog.one(t, "AWS::EC2::FlowLog")
		want(t, ref(vpc), flow, "ResourceId")
		want(t, "ALL", flow, "TrafficType")
		group := e.catalog.Resources[in(flow, "LogGroupName", "Ref").(string)]
		want(t, "logs-flow-"+e.suffix, group.Properties, "LogGroupName")
		statements := policyOf(t, e.catalog, "policy-flow-logs-"+e.suffix)
		want(t, []string{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"}, statements[0], "Action")
		want(t, nil, any(statements), 1)
	}
}

// TestChecklist30_ZonesAreNamedAndTheDefaultGroupIsClosed.
func TestChecklist30_ZonesAreNamedAndTheDefaultGroupIsClosed(t *testing.T) {
	t.Parallel()
	for _, e := range environments {
		for id, subnet := range e.catalog.all("AWS::EC2::Subnet") {
			if zone, named := subnet["AvailabilityZone"].(string); !named || !strings.HasPrefix(zone, "ap-southeast-2") {
				t.Errorf("%s: the zone of %s is %s", e.suffix, id, asJSON(subnet["AvailabilityZone"]))
			}
		}
		vpc, _ := e.catalog.one(t, "AWS::EC2::VPC")
		_, closed := e.catalog.one(t, "Custom::VpcRestrictDefaultSG")
		want(t, attribute(vpc, "DefaultSecurityGroup"), closed, "DefaultSecurityGroupId")
	}
}

// TestS4_OptionsOpenOnlyWhatTheyNeed: HTTPS with a certificate, and the test
// listener for the network that is named.
func TestS4_OptionsOpenOnlyWhatTheyNeed(t *testing.T) {
	t.Parallel()
	for name, wanted := range map[string][]string{
		"dev":     {`"0.0.0.0/0" 80`},
		"staging": {`"0.0.0.0/0" 80`},
		"prod":    {`"0.0.0.0/0" 443`, `"0.0.0.0/0" 80`, `"203.0.113.0/24" 9000`},
	} {
		var open []string
		for _, group := range environments[name].catalog.all("AWS::EC2::SecurityGroup") {
			rules, _ := group["SecurityGroupIngress"].([]any)
			for _, rule := range rules {
				open = append(open, asJSON(in(rule, "CidrIp"))+" "+asJSON(in(rule, "FromPort")))
				want(t, in(rule, "FromPort"), rule, "ToPort")
			}
		}
		slices.Sort(open)
		want(t, wanted, asAny(open))
	}
}
