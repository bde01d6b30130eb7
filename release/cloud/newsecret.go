package cloud

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"catalog/contract"
)

// MadeSecret is one of the two secrets after InitSecrets.
type MadeSecret struct {
	Name string `json:"name"`
	ARN  string `json:"arn"`
	Made bool   `json:"made"` // now; otherwise it was there and is untouched
}

// databaseUser is the cluster's first user. PostgreSQL keeps names like
// "admin" and "postgres" for itself.
const databaseUser = "catalog"

// InitSecrets makes those of the two secrets that do not exist, with random
// values that nobody sees: a password of 130 bits, a token of 260, of letters
// and digits, which Aurora and a header both take. One that exists stays as it
// is, and is refused when the tasks could not use it.
func (a *Account) InitSecrets(ctx context.Context, suffix string) ([]MadeSecret, error) {
	values := map[string]map[string]string{
		contract.DBSecretName(suffix):  {contract.SecretKeyUsername: databaseUser, contract.SecretKeyPassword: rand.Text()},
		contract.APISecretName(suffix): {contract.SecretKeyWriteToken: rand.Text() + rand.Text()},
	}
	var all []MadeSecret
	for _, name := range slices.Sorted(maps.Keys(values)) {
		one, err := a.initSecret(ctx, name, suffix, values[name])
		if err != nil {
			return all, err
		}
		all = append(all, one)
	}
	return all, nil
}

func (a *Account) initSecret(ctx context.Context, name, suffix string, values map[string]string) (MadeSecret, error) {
	content, err := json.Marshal(values)
	if err != nil {
		return MadeSecret{}, err
	}
	// To create and be told that it is there leaves no moment in between, in
	// which another one could make it.
	out, err := secretsmanager.NewFromConfig(a.config).CreateSecret(ctx, &secretsmanager.CreateSecretInput{
		Name: aws.String(name), SecretString: aws.String(string(content)),
		Description: aws.String("Of the product catalog, environment " + suffix + "; outlives its stack"),
		Tags: []types.Tag{
			{Key: aws.String("application"), Value: aws.String("catalog")},
			{Key: aws.String("environment"), Value: aws.String(suffix)},
		},
	})
	switch {
	case hasCode(err, "ResourceExists", "InvalidRequest"):
		arn, _, err := a.secret(ctx, name, wantedKeys(suffix)[name], suffix)
		return MadeSecret{Name: name, ARN: arn}, err
	case err != nil:
		return MadeSecret{}, explain("the secret "+name+" cannot be made", err)
	}
	return MadeSecret{Name: name, ARN: aws.ToString(out.ARN), Made: true}, nil
}
