package cloud

import (
	"cmp"
	"context"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// DefaultRegion is where an environment goes when nothing else is said.
const DefaultRegion = "ap-southeast-2"

// attempts is how often a call is tried before it counts as failed: a busy
// account throttles in bursts. AWS_MAX_ATTEMPTS says otherwise.
const attempts = 6

// Account is an AWS account in one region, with credentials that AWS knows.
type Account struct {
	ID       string
	Region   string
	Identity string // the ARN of whoever the credentials belong to
	Endpoint string // of AWS_ENDPOINT_URL: a stand-in for AWS, "" for AWS
	config   aws.Config
}

// Connect takes the credentials as every tool of AWS's does (AWS SDKs and
// Tools Reference Guide: "Standardized credential providers") and asks AWS
// whose they are.
func Connect(ctx context.Context, region string) (*Account, error) {
	options := []func(*config.LoadOptions) error{config.WithRegion(cmp.Or(region, DefaultRegion))}
	if os.Getenv("AWS_MAX_ATTEMPTS") == "" {
		options = append(options, config.WithRetryMaxAttempts(attempts))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, noCredentials(err)
	}
	if _, err := loaded.Credentials.Retrieve(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, noCredentials(err)
	}
	a := &Account{Region: loaded.Region, config: loaded, Endpoint: os.Getenv("AWS_ENDPOINT_URL")}
	who, err := sts.NewFromConfig(loaded).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, explain("whose the credentials are cannot be asked", err)
	}
	a.ID, a.Identity = aws.ToString(who.Account), aws.ToString(who.Arn)
	return a, nil
}

// noCredentials says why there are none. A profile that is not there, and a
// session that has ended, are told apart from nothing at all.
func noCredentials(err error) error {
	text := err.Error()
	f := &Failure{
		What: "there are no credentials for AWS", cause: err,
		Why:  "neither the environment nor ~/.aws has any",
		Next: "sign in with aws sso login or aws configure, choose a profile with AWS_PROFILE, and run the same command again",
	}
	switch {
	case strings.Contains(text, "failed to get shared config profile"):
		f.Why = "the profile " + os.Getenv("AWS_PROFILE") + " of AWS_PROFILE is not in ~/.aws/config"
		f.Next = "name one of those that aws configure list-profiles shows, and run the same command again"
	case strings.Contains(text, "SSO") || strings.Contains(text, "token has expired") || strings.Contains(text, "InvalidGrant"):
		f.Why = "the session of the single sign-on has ended"
		f.Next = "sign in again with aws sso login, and run the same command again"
	}
	return f
}

// Environment are the variables that make the CDK's command line use the same
// region and the same endpoint.
func (a *Account) Environment() []string {
	return []string{"AWS_REGION=" + a.Region, "AWS_DEFAULT_REGION=" + a.Region}
}

// names are the physical names of an environment that are looked up (G1:
// {resource-type}-{purpose}-{suffix}).
type names struct{ suffix string }

func (n names) of(resourceType, purpose string) string {
	return resourceType + "-" + purpose + "-" + n.suffix
}
func (n names) cluster() string      { return n.of("cluster", "catalog") }
func (n names) service() string      { return n.of("service", "catalog") }
func (n names) family() string       { return n.of("task", "catalog") }
func (n names) database() string     { return n.of("db", "catalog") }
func (n names) loadBalancer() string { return n.of("alb", "catalog") }
func (n names) groups() []string     { return []string{n.of("tg", "blue"), n.of("tg", "green")} }

// RepositoryName is the environment's ECR repository.
func RepositoryName(suffix string) string { return names{suffix}.of("ecr", "catalog") }
