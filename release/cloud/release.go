package cloud

import (
	"context"
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Release is what a deployment brought: the digests of the API's image and of
// the one that migrates the database before it.
type Release struct{ Image, Migration string }

// digestOf finds the digest at the end of an image's name.
var digestOf = regexp.MustCompile(`sha256:[0-9a-f]{64}$`)

// PreviousRelease finds what ran before what runs: of the newest successful
// deployment with another image, or of the newest task definition of another
// one, where ECS does not remember the deployment.
func (a *Account) PreviousRelease(ctx context.Context, suffix string, s Service, current string) (Release, error) {
	client := ecs.NewFromConfig(a.config)
	const what = "what ran before cannot be found"
	for _, d := range s.Deployments {
		if d.Status != string(types.ServiceDeploymentStatusSuccessful) || d.revision == "" {
			continue
		}
		out, err := client.DescribeServiceRevisions(ctx, &ecs.DescribeServiceRevisionsInput{ServiceRevisionArns: []string{d.revision}})
		if err != nil {
			return Release{}, explain(what, err)
		}
		for _, revision := range out.ServiceRevisions {
			if r := releaseOf(revision.ContainerImages); r.Image != "" && r.Image != current {
				return r, nil
			}
		}
	}
	r, err := olderDefinition(ctx, client, names{suffix}.family(), current)
	if err != nil {
		return Release{}, explain(what, err)
	}
	if r.Image == "" {
		return Release{}, &Failure{
			What: "there is nothing to go back to", Why: "no other image than " + current + " has run in this environment",
			Next: "deploy the commit that you want with git checkout and bin/catalogctl deploy --suffix " + suffix,
		}
	}
	return r, nil
}

func releaseOf(images []types.ContainerImage) Release {
	var r Release
	for _, image := range images {
		digest := aws.ToString(image.ImageDigest)
		if digest == "" {
			digest = digestOf.FindString(aws.ToString(image.Image))
		}
		r.add(aws.ToString(image.ContainerName), digest)
	}
	return r
}

func (r *Release) add(container, digest string) {
	switch container {
	case apiContainer:
		r.Image = digest
	case migrationContainer:
		r.Migration = digest
	}
}

// looked is how many definitions of each status are looked at.
const looked = 20

// olderDefinition looks through task definitions, the newest first. The stack
// takes those that it replaced out of use, and ECS keeps them.
func olderDefinition(ctx context.Context, client *ecs.Client, family, current string) (Release, error) {
	for _, status := range []types.TaskDefinitionStatus{types.TaskDefinitionStatusActive, types.TaskDefinitionStatusInactive} {
		listed, err := client.ListTaskDefinitions(ctx, &ecs.ListTaskDefinitionsInput{
			FamilyPrefix: aws.String(family), Status: status, Sort: types.SortOrderDesc, MaxResults: aws.Int32(looked),
		})
		if err != nil {
			return Release{}, err
		}
		for _, arn := range listed.TaskDefinitionArns {
			out, err := client.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String(arn)})
			if err != nil {
				return Release{}, err
			}
			var r Release
			for _, container := range out.TaskDefinition.ContainerDefinitions {
				r.add(aws.ToString(container.Name), digestOf.FindString(aws.ToString(container.Image)))
			}
			if r.Image != "" && r.Image != current {
				return r, nil
			}
		}
	}
	return Release{}, nil
}

// TakeBack ends a deployment that is under way: blue gets its traffic back
// (AWS API Reference: "StopServiceDeployment").
func (a *Account) TakeBack(ctx context.Context, d ServiceDeployment) error {
	_, err := ecs.NewFromConfig(a.config).StopServiceDeployment(ctx, &ecs.StopServiceDeploymentInput{
		ServiceDeploymentArn: aws.String(d.ARN), StopType: types.StopServiceDeploymentStopTypeRollback,
	})
	if err != nil {
		return explain("the deployment "+d.ID+" cannot be taken back", err)
	}
	return nil
}

// IsUnderWay finds the deployment that can be taken back.
func (s Service) IsUnderWay() (ServiceDeployment, bool) {
	at := slices.IndexFunc(s.Deployments, ServiceDeployment.UnderWay)
	if at < 0 {
		return ServiceDeployment{}, false
	}
	return s.Deployments[at], true
}
