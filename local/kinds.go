package local

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// resource is one resource of a stack.
type resource interface {
	// ref is what Ref answers: a name or an ARN, as CloudFormation defines
	// for the type.
	ref() string
	// attribute is what Fn::GetAtt answers.
	attribute(name string) (string, bool)
}

// runner is a resource that does something on this machine.
type runner interface {
	resource
	start(ctx context.Context) error
	stop(ctx context.Context) error
}

// declared is a resource's declaration with every intrinsic resolved.
type declared struct {
	stack      Stack
	id         string
	typ        string
	properties map[string]any
}

// builder makes a resource from its declaration.
type builder func(e *Environment, d declared) (runner, error)

// builders are the types that run here.
func builders() map[string]builder {
	return map[string]builder{
		"AWS::ApplicationAutoScaling::ScalableTarget":   newScalableTarget,
		"AWS::ApplicationAutoScaling::ScalingPolicy":    newScalingPolicy,
		"AWS::CloudWatch::Alarm":                        newAlarm,
		"AWS::Events::Rule":                             newEventRule,
		"AWS::ECR::Repository":                          newRepository,
		"AWS::ECS::Cluster":                             newCluster,
		"AWS::ECS::ClusterCapacityProviderAssociations": newCapacityAssociation,
		"AWS::ECS::Service":                             newService,
		"AWS::ECS::TaskDefinition":                      newTaskDefinition,
		"AWS::ElasticLoadBalancingV2::Listener":         newListener,
		"AWS::ElasticLoadBalancingV2::ListenerRule":     newListenerRule,
		"AWS::ElasticLoadBalancingV2::LoadBalancer":     newLoadBalancer,
		"AWS::ElasticLoadBalancingV2::TargetGroup":      newTargetGroup,
		"AWS::Logs::LogGroup":                           newLogGroup,
		"AWS::RDS::DBCluster":                           newDatabase,
		"AWS::RDS::DBClusterParameterGroup":             newParameterGroup,
		"AWS::SecretsManager::SecretTargetAttachment":   newSecretAttachment,
		"AWS::XRay::SamplingRule":                       newSamplingRule,
	}
}

// arn forms an ARN in the resource's region.
func (d declared) arn(service, rest string) string {
	return "arn:aws:" + service + ":" + d.stack.Region + ":" + accountID + ":" + rest
}

// decode reads the properties into a struct with CloudFormation's names.
func (d declared) decode(v any) error {
	content, err := json.Marshal(d.properties)
	if err == nil {
		err = json.Unmarshal(content, v)
	}
	if err != nil {
		return fmt.Errorf("its properties are not what %s has: %w", d.typ, err)
	}
	return nil
}

// number is a property that CloudFormation takes as a number or as a string.
type number float64

func (n *number) UnmarshalJSON(content []byte) error {
	text := strings.Trim(string(content), `"`)
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("%s is not a number", content)
	}
	*n = number(value)
	return nil
}

// attributes is the list of key/value pairs that load balancers and target
// groups keep their settings in.
type attributes []struct {
	Key   string
	Value string
}

func (a attributes) get(key, fallback string) string {
	for _, pair := range a {
		if pair.Key == key {
			return pair.Value
		}
	}
	return fallback
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
