package cloud

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"catalog/contract"
)

// wantedKeys are what the tasks read of each secret and the stack does not
// write itself.
func wantedKeys(suffix string) map[string][]string {
	return map[string][]string{
		contract.DBSecretName(suffix):  {contract.SecretKeyUsername, contract.SecretKeyPassword},
		contract.APISecretName(suffix): {contract.SecretKeyWriteToken},
	}
}

// SecretARNs are the whole ARNs of the two secrets that exist before the stack
// (D5).
type SecretARNs struct{ Database, API string }

// CheckSecrets looks both secrets up, with the keys that the tasks need. Their
// values are read for that and go no further.
func (a *Account) CheckSecrets(ctx context.Context, suffix string) (SecretARNs, error) {
	var arns SecretARNs
	for name, to := range map[string]*string{contract.DBSecretName(suffix): &arns.Database, contract.APISecretName(suffix): &arns.API} {
		arn, _, err := a.secret(ctx, name, wantedKeys(suffix)[name], suffix)
		if err != nil {
			return SecretARNs{}, err
		}
		*to = arn
	}
	return arns, nil
}

// secret reads one secret and answers its ARN and the wanted keys' values.
func (a *Account) secret(ctx context.Context, name string, keys []string, suffix string) (arn string, values map[string]string, err error) {
	what := "the secret " + name + " cannot be used"
	out, err := secretsmanager.NewFromConfig(a.config).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String(name)})
	switch {
	case hasCode(err, "ResourceNotFound"):
		return "", nil, &Failure{
			What: "the secret " + name + " does not exist in " + a.Region, Why: "an environment's secrets are made before its stack, and never by it",
			Next: "make both with bin/catalogctl secrets init --suffix " + suffix + ", " + again,
		}
	case hasCode(err, "InvalidRequest"):
		return "", nil, &Failure{
			What: what, Why: "it is marked for deletion",
			Next: "take it back with aws secretsmanager restore-secret --secret-id " + name + ", " + again,
		}
	case err != nil:
		return "", nil, explain("the secret "+name+" cannot be read", err)
	}
	values, missing := readKeys([]byte(aws.ToString(out.SecretString)), keys)
	if len(missing) > 0 {
		return "", nil, &Failure{
			What: what, Why: "its JSON object has no text under " + strings.Join(missing, " and "),
			Next: "add it in the console of Secrets Manager, where no shell keeps it, " + again,
		}
	}
	return aws.ToString(out.ARN), values, nil
}

// readKeys answers the texts under some keys of a JSON object, and which of
// them are missing or empty.
func readKeys(content []byte, keys []string) (values map[string]string, missing []string) {
	var all map[string]any
	_ = json.Unmarshal(content, &all) // what is no object has none of the keys
	values = map[string]string{}
	for _, key := range keys {
		if text, ok := all[key].(string); ok && text != "" {
			values[key] = text
			continue
		}
		missing = append(missing, key)
	}
	return values, missing
}

// WriteToken reads the token that may write, for tests of the running system.
// It is to be handed on in an environment variable, never in an argument.
func (a *Account) WriteToken(ctx context.Context, suffix string) (string, error) {
	name := contract.APISecretName(suffix)
	_, values, err := a.secret(ctx, name, wantedKeys(suffix)[name], suffix)
	return values[contract.SecretKeyWriteToken], err
}
