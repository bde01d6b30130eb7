package local

import (
	"reflect"
	"slices"
)

// replacedBy lists the properties of the types that run here whose change
// makes CloudFormation put a new resource in the old one's place (AWS
// CloudFormation template reference, "Update requires: Replacement"). A type
// that is not listed is changed in place.
var replacedBy = map[string][]string{
	"AWS::ApplicationAutoScaling::ScalableTarget":   {"ResourceId", "ScalableDimension", "ServiceNamespace"},
	"AWS::ApplicationAutoScaling::ScalingPolicy":    {"PolicyName", "ResourceId", "ScalableDimension", "ScalingTargetId", "ServiceNamespace"},
	"AWS::CloudWatch::Alarm":                        {"AlarmName"},
	"AWS::ECR::Repository":                          {"EncryptionConfiguration", "RepositoryName"},
	"AWS::ECS::Cluster":                             {"ClusterName"},
	"AWS::ECS::ClusterCapacityProviderAssociations": {"Cluster"},
	"AWS::ECS::Service":                             {"Cluster", "LaunchType", "Role", "SchedulingStrategy", "ServiceName"},
	"AWS::ElasticLoadBalancingV2::Listener":         {"LoadBalancerArn"},
	"AWS::ElasticLoadBalancingV2::ListenerRule":     {"ListenerArn"},
	"AWS::ElasticLoadBalancingV2::LoadBalancer":     {"Name", "Scheme", "Type"},
	"AWS::ElasticLoadBalancingV2::TargetGroup":      {"Name", "Port", "Protocol", "ProtocolVersion", "TargetType", "VpcId"},
	"AWS::Events::Rule":                             {"Name", "EventBusName"},
	"AWS::Logs::LogGroup":                           {"LogGroupName"},
	"AWS::RDS::DBCluster":                           {"DatabaseName", "DBClusterIdentifier", "DBSubnetGroupName", "Engine", "KmsKeyId", "MasterUsername", "StorageEncrypted"},
	"AWS::RDS::DBClusterParameterGroup":             {"DBClusterParameterGroupName", "Description", "Family"},
	"AWS::SecretsManager::SecretTargetAttachment":   {},
}

// isReplaced says whether a change from one declaration to another needs a new
// resource: another type, or another value of such a property. A task
// definition is never changed, it gets a new revision.
func isReplaced(from, to declared) bool {
	if from.typ != to.typ {
		return true
	}
	if to.typ == "AWS::ECS::TaskDefinition" {
		return true
	}
	return slices.ContainsFunc(replacedBy[to.typ], func(property string) bool {
		return !reflect.DeepEqual(from.properties[property], to.properties[property])
	})
}

// isSame says whether nothing changed.
func isSame(from, to declared) bool {
	return from.typ == to.typ && reflect.DeepEqual(from.properties, to.properties)
}
