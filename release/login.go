package release

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
)

// ecrHost is the address of a private registry of Amazon ECR (AWS: "Amazon ECR
// private registry", "Registry concepts").
var ecrHost = regexp.MustCompile(`^[0-9]{12}\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$`)

// awsConfig answers the credentials and settings for a region.
type awsConfig func(ctx context.Context, region string) (aws.Config, error)

// defaultAWSConfig takes them from where the AWS SDK looks: the environment,
// the shared files, single sign-on, the machine's role.
func defaultAWSConfig(ctx context.Context, region string) (aws.Config, error) {
	return config.LoadDefaultConfig(ctx, config.WithRegion(region))
}

// login finds out as whom a registry is spoken to: Amazon ECR gives a token
// for 12 hours, one on this machine asks for nothing, and for any other the
// credentials that docker login has stored are taken.
func login(ctx context.Context, registry name.Registry, load awsConfig) (authn.Authenticator, error) {
	host := registry.RegistryStr()
	if isLoopback(host) {
		return authn.Anonymous, nil
	}
	region := ecrHost.FindStringSubmatch(host)
	if region == nil {
		found, err := authn.DefaultKeychain.Resolve(registry)
		if err != nil {
			return nil, fmt.Errorf("the credentials for %s cannot be read: %w: sign in again with docker login %s", host, err, host)
		}
		return found, nil
	}
	settings, err := load(ctx, region[1])
	if err != nil {
		return nil, fmt.Errorf("the AWS settings cannot be read: %w: mend ~/.aws/config, or choose another profile with AWS_PROFILE", err)
	}
	answer, err := ecr.NewFromConfig(settings).GetAuthorizationToken(ctx, &ecr.GetAuthorizationTokenInput{})
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("AWS gives no access to %s: %w: sign in with aws sso login, or choose another profile with AWS_PROFILE", host, err)
	}
	for _, data := range answer.AuthorizationData {
		// The token is base64 of AWS:password; an error must not show it.
		plain, err := base64.StdEncoding.DecodeString(aws.ToString(data.AuthorizationToken))
		if user, password, ok := strings.Cut(string(plain), ":"); err == nil && ok {
			return &authn.Basic{Username: user, Password: password}, nil
		}
	}
	return nil, fmt.Errorf("AWS answered no usable token for %s: try again", host)
}

// isLoopback says whether a registry is on this machine.
func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// parseRepository reads host/name. A name without a host would mean Docker Hub
// to other tools, and is refused.
func parseRepository(text string) (name.Repository, error) {
	host, rest, _ := strings.Cut(text, "/")
	if rest == "" || !strings.ContainsAny(host, ".:") && host != "localhost" {
		return name.Repository{}, fmt.Errorf("%q is no repository: name its host too, like 123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/ecr-catalog-dev", text)
	}
	var options []name.Option
	if isLoopback(host) {
		options = append(options, name.Insecure)
	}
	repository, err := name.NewRepository(text, options...)
	if err != nil {
		return name.Repository{}, fmt.Errorf("%q is no repository: %w", text, err)
	}
	return repository, nil
}
