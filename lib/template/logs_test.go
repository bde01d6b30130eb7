package template

import (
	"fmt"
	"strings"
	"testing"
)

// TestChecklist50_LogGroupsAreKeptEncryptedAndDestroyed, for the time that the
// environment's profile chooses.
func TestChecklist50_LogGroupsAreKeptEncryptedAndDestroyed(t *testing.T) {
	t.Parallel()
	for name, days := range map[string]int{"dev": 14, "staging": 30, "prod": 365} {
		e := environments[name]
		key, _ := e.catalog.one(t, "AWS::KMS::Key")
		for id, group := range e.catalog.all("AWS::Logs::LogGroup") {
			want(t, days, group, "RetentionInDays")
			want(t, attribute(key, "Arn"), group, "KmsKeyId")
			if policy := e.catalog.Resources[id].DeletionPolicy; policy != "Delete" {
				t.Errorf("%s: the log group %s has the deletion policy %q", name, id, policy)
			}
		}
	}
}

// writer is a resource that writes logs, and a group that it writes to: by the
// group's name, or by a reference as CloudFormation resolves it.
type writer struct {
	id    string
	group any
}

// writers finds every log writer of a template.
func writers(t *testing.T, tmpl template) []writer {
	t.Helper()
	var found []writer
	for id, r := range tmpl.Resources {
		p := any(r.Properties)
		switch r.Type {
		case "AWS::Lambda::Function":
			found = append(found, writer{id, in(p, "LoggingConfig", "LogGroup")})
		case "AWS::EC2::FlowLog":
			want(t, "cloud-watch-logs", p, "LogDestinationType")
			found = append(found, writer{id, in(p, "LogGroupName")})
		case "AWS::RDS::DBCluster":
			exports, _ := in(p, "EnableCloudwatchLogsExports").([]any)
			for _, export := range exports {
				found = append(found, writer{id, fmt.Sprintf("/aws/rds/cluster/%v/%v", in(p, "DBClusterIdentifier"), export)})
			}
		case "AWS::RDS::DBInstance":
			// Enhanced monitoring writes to RDSOSMetrics, one group of the account.
			want(t, nil, p, "MonitoringInterval")
			want(t, nil, p, "EnableCloudwatchLogsExports")
		case "AWS::ECS::Cluster":
			found = append(found, writer{id, fmt.Sprintf("/aws/ecs/containerinsights/%v/performance", in(p, "ClusterName"))})
			if sessions := in(p, "Configuration", "ExecuteCommandConfiguration"); sessions != nil {
				found = append(found, writer{id, in(sessions, "LogConfiguration", "CloudWatchLogGroupName")})
			}
		case "AWS::ECS::TaskDefinition":
			for _, c := range in(p, "ContainerDefinitions").([]any) {
				want(t, "awslogs", c, "LogConfiguration", "LogDriver")
				want(t, nil, c, "LogConfiguration", "Options", "awslogs-create-group")
				found = append(found, writer{id, in(c, "LogConfiguration", "Options", "awslogs-group")})
			}
		case "AWS::WAFv2::LoggingConfiguration":
			for _, arn := range in(p, "LogDestinationConfigs").([]any) {
				text := rendered(arn).(string)
				reference := strings.TrimSuffix(text[strings.LastIndex(text, "${")+2:], "}")
				found = append(found, writer{id, ref(reference)})
			}
		default:
			if !logless[r.Type] {
				t.Errorf("%s is a %s: whether it writes logs is not known, add it to writers or to logless", id, r.Type)
			}
		}
	}
	return found
}

// logless are the resource types that make AWS create no log group.
var logless = typesOf(`
	AWS::ApplicationAutoScaling::ScalableTarget AWS::ApplicationAutoScaling::ScalingPolicy AWS::Budgets::Budget
	AWS::CloudWatch::Alarm AWS::CloudWatch::Dashboard AWS::EC2::EIP AWS::EC2::InternetGateway AWS::EC2::NatGateway
	AWS::EC2::Route AWS::EC2::RouteTable AWS::EC2::SecurityGroup AWS::EC2::SecurityGroupEgress
	AWS::EC2::SecurityGroupIngress AWS::EC2::Subnet AWS::EC2::SubnetRouteTableAssociation AWS::EC2::VPC
	AWS::EC2::VPCEndpoint AWS::EC2::VPCGatewayAttachment AWS::ECR::Repository
	AWS::ECS::ClusterCapacityProviderAssociations AWS::ECS::Service AWS::ElasticLoadBalancingV2::Listener
	AWS::ElasticLoadBalancingV2::ListenerRule AWS::ElasticLoadBalancingV2::LoadBalancer
	AWS::ElasticLoadBalancingV2::TargetGroup AWS::Events::Rule AWS::IAM::Policy AWS::IAM::Role AWS::KMS::Alias
	AWS::KMS::Key AWS::Logs::LogGroup AWS::RDS::DBClusterParameterGroup AWS::RDS::DBSubnetGroup
	AWS::Route53::RecordSet AWS::S3::Bucket AWS::S3::BucketPolicy AWS::SNS::Subscription AWS::SNS::Topic
	AWS::SNS::TopicPolicy AWS::SecretsManager::SecretTargetAttachment AWS::WAFv2::WebACL
	AWS::WAFv2::WebACLAssociation AWS::XRay::Group AWS::XRay::SamplingRule Custom::S3AutoDeleteObjects
	Custom::VpcRestrictDefaultSG`)

func typesOf(list string) map[string]bool {
	types := map[string]bool{}
	for typ := range strings.FieldsSeq(list) {
		types[typ] = true
	}
	return types
}

// TestG7_EveryLogWriterHasAGroupOfTheStack (G2): a group that AWS makes at the
// first line has no retention and outlives the stack. The stack's own comes
// before its writer, and so goes after it.
func TestG7_EveryLogWriterHasAGroupOfTheStack(t *testing.T) {
	t.Parallel()
	for name, e := range environments {
		seen := map[string]bool{}
		for _, tmpl := range e.templates() {
			groups := tmpl.all("AWS::Logs::LogGroup")
			for _, w := range writers(t, tmpl) {
				group, _ := in(w.group, "Ref").(string)
				for id, properties := range groups {
					if properties["LogGroupName"] == w.group {
						group = id
					}
				}
				if groups[group] == nil {
					t.Errorf("%s: %s writes to %s, which the stack does not own", name, w.id, asJSON(w.group))
					continue
				}
				if !tmpl.after(w.id, group) {
					t.Errorf("%s: %s does not come after its log group %s", name, w.id, group)
				}
				seen[group] = true
			}
		}
		if groups := e.catalog.all("AWS::Logs::LogGroup"); len(seen) != len(groups) {
			t.Errorf("%s: %d of %d log groups have a writer", name, len(seen), len(groups))
		}
	}
}

// TestO6_EverythingIsLogged: containers, the database, the network, requests,
// and what the web ACL decides, but for who may write.
func TestO6_EverythingIsLogged(t *testing.T) {
	t.Parallel()
	names := map[any]bool{}
	for _, group := range prod.catalog.all("AWS::Logs::LogGroup") {
		names[group["LogGroupName"]] = true
	}
	for _, name := range []string{
		"logs-api-live", "logs-migrate-live", "logs-otel-collector-live", "logs-flow-live", "logs-sessions-live",
		"/aws/rds/cluster/db-catalog-live/postgresql", "aws-waf-logs-catalog-acl-live",
	} {
		if !names[name] {
			t.Errorf("there is no log group %s", name)
		}
	}
	_, waf := prod.catalog.one(t, "AWS::WAFv2::LoggingConfiguration")
	want(t, "authorization", waf, "RedactedFields", 0, "SingleHeader", "Name")
}
