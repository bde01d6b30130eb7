package cloud

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// bootstrapParameter is where the CDK's bootstrap stack writes its version
// (AWS CDK: "Bootstrapping").
const bootstrapParameter = "/cdk-bootstrap/hnb659fds/version"

// CheckBootstrap says whether the account is ready for the CDK: templates and
// the code of two custom resources go through its bucket, so that no way of
// deploying does without.
func (a *Account) CheckBootstrap(ctx context.Context, needed int) (version int, err error) {
	f := &Failure{
		What: fmt.Sprintf("the account %s is not bootstrapped for the CDK in %s", a.ID, a.Region),
		Next: fmt.Sprintf("run npx cdk bootstrap aws://%s/%s once, %s", a.ID, a.Region, again),
	}
	out, err := ssm.NewFromConfig(a.config).GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String(bootstrapParameter)})
	if hasCode(err, "ParameterNotFound") {
		f.Why = "the parameter " + bootstrapParameter + " does not exist"
		return 0, f
	}
	if err != nil {
		return 0, explain("whether the account is bootstrapped for the CDK cannot be read", err)
	}
	version, err = strconv.Atoi(aws.ToString(out.Parameter.Value))
	if err != nil || version < needed {
		f.Why = fmt.Sprintf("its bootstrap stack has version %q and this template needs %d", aws.ToString(out.Parameter.Value), needed)
		return version, f
	}
	return version, nil
}
