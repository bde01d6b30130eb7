package cloud

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// Stack is a stack as CloudFormation has it. One that does not exist has no
// status.
type Stack struct {
	Name       string            `json:"name"`
	ID         string            `json:"id,omitempty"`
	Status     string            `json:"status,omitempty"`
	Reason     string            `json:"reason,omitempty"`
	Outputs    map[string]string `json:"-"`
	Parameters map[string]string `json:"-"`
}

// Stack reads a stack by its name, or by its id once it is deleted.
func (a *Account) Stack(ctx context.Context, name string) (Stack, error) {
	out, err := cloudformation.NewFromConfig(a.config).DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(name)})
	if err != nil && notThere(err) || err == nil && len(out.Stacks) == 0 {
		return Stack{Name: name}, nil
	}
	if err != nil {
		return Stack{}, explain("the stack "+name+" cannot be read", err)
	}
	found := out.Stacks[0]
	s := Stack{
		Name: aws.ToString(found.StackName), ID: aws.ToString(found.StackId), Status: string(found.StackStatus),
		Reason: aws.ToString(found.StackStatusReason), Outputs: map[string]string{}, Parameters: map[string]string{},
	}
	for _, output := range found.Outputs {
		s.Outputs[aws.ToString(output.OutputKey)] = aws.ToString(output.OutputValue)
	}
	for _, parameter := range found.Parameters {
		s.Parameters[aws.ToString(parameter.ParameterKey)] = aws.ToString(parameter.ParameterValue)
	}
	return s, nil
}

// notThere is how CloudFormation says that there is no such stack (AWS API
// Reference: "DescribeStacks").
func notThere(err error) bool {
	return hasCode(err, "ValidationError") && strings.Contains(err.Error(), "does not exist")
}

// Exists says whether it has resources, or had some a moment ago.
func (s Stack) Exists() bool {
	return s.Status != "" && s.Status != string(types.StackStatusDeleteComplete) && s.Status != string(types.StackStatusReviewInProgress)
}

// Busy says whether CloudFormation works on it.
func (s Stack) Busy() bool { return s.Exists() && strings.HasSuffix(s.Status, "_IN_PROGRESS") }

// Serves says whether it was made completely once, and was not taken back.
func (s Stack) Serves() bool {
	return s.Exists() && !strings.HasPrefix(s.Status, "CREATE_") && !strings.HasPrefix(s.Status, "ROLLBACK_") && !strings.HasPrefix(s.Status, "DELETE_") || s.Status == string(types.StackStatusCreateComplete)
}

// Refuses says why a deployment cannot begin in this state, and what to do.
func (s Stack) Refuses(suffix string) error {
	f := &Failure{What: "the stack " + s.Name + " takes no deployment", Why: "it is " + s.Status}
	switch {
	case s.Busy():
		f.Why += ", by another deployment or one that was interrupted"
		f.Next = "wait until bin/catalogctl status --aws --suffix " + suffix + " shows its end, " + again
	case s.Status == string(types.StackStatusUpdateRollbackFailed):
		f.Next = "mend what hindered the roll-back, end it with aws cloudformation continue-update-rollback --stack-name " + s.Name + ", " + again
	case s.Status == string(types.StackStatusDeleteFailed), s.Status == string(types.StackStatusRollbackFailed):
		f.Next = "delete the rest with bin/catalogctl destroy --suffix " + suffix + ", " + again
	default:
		return nil
	}
	return f
}

// UpdateRelease gives the stack other parameters and keeps its template: a
// roll-back must not bring what this checkout says. What is not named keeps
// its value. It answers false when the stack has them already.
func (a *Account) UpdateRelease(ctx context.Context, s Stack, parameters map[string]string) (changed bool, err error) {
	var given []types.Parameter
	for name := range s.Parameters {
		one := types.Parameter{ParameterKey: aws.String(name), UsePreviousValue: aws.Bool(true)}
		if value, ok := parameters[name]; ok {
			one = types.Parameter{ParameterKey: aws.String(name), ParameterValue: aws.String(value)}
		}
		given = append(given, one)
	}
	_, err = cloudformation.NewFromConfig(a.config).UpdateStack(ctx, &cloudformation.UpdateStackInput{
		StackName: aws.String(s.Name), UsePreviousTemplate: aws.Bool(true), Parameters: given,
		Capabilities: []types.Capability{types.CapabilityCapabilityNamedIam},
	})
	if hasCode(err, "ValidationError") && strings.Contains(err.Error(), "No updates") {
		return false, nil
	}
	if err != nil {
		return false, explain("the stack "+s.Name+" cannot be updated", err)
	}
	return true, nil
}

// AwaitStack waits until CloudFormation has ended, and fails when it ended in
// another way than it was asked to.
func (a *Account) AwaitStack(ctx context.Context, name string) error {
	pause := 3 * time.Second
	if a.Endpoint != "" {
		pause = 50 * time.Millisecond
	}
	for {
		s, err := a.Stack(ctx, name)
		var failure *Failure
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &failure) && failure.Expired:
			return err
		case err == nil && !s.Busy() && strings.Contains(s.Status, "ROLLBACK") || strings.HasSuffix(s.Status, "_FAILED"):
			return errors.New(cmp.Or(s.Reason, "CloudFormation took it back"))
		case err == nil && !s.Busy():
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
