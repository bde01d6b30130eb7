package release

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
)

// fakeECR answers GetAuthorizationToken.
func fakeECR(t *testing.T, status int, answer string) awsConfig {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".GetAuthorizationToken") {
			t.Errorf("ECR was asked for %s", r.Header.Get("X-Amz-Target"))
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(status)
		io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return func(_ context.Context, region string) (aws.Config, error) {
		if region != "ap-southeast-2" {
			t.Errorf("the region is %s", region)
		}
		return aws.Config{
			Region: region, BaseEndpoint: aws.String(server.URL), RetryMaxAttempts: 1,
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "not-a-key"}, nil
			}),
		}, nil
	}
}

// TestC3_ECRGivesAToken: asked for in the registry's own region.
func TestC3_ECRGivesAToken(t *testing.T) {
	t.Parallel()
	registry, err := name.NewRegistry("123456789012.dkr.ecr.ap-southeast-2.amazonaws.com")
	if err != nil {
		t.Fatal(err)
	}
	token := base64.StdEncoding.EncodeToString([]byte("AWS:pass:word"))
	as, err := login(t.Context(), registry, fakeECR(t, 200, `{"authorizationData":[{"authorizationToken":"`+token+`"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := as.Authorization(); err != nil || got.Username != "AWS" || got.Password != "pass:word" {
		t.Errorf("the credentials are not the token's: %v", err)
	}
	for _, bad := range []struct {
		status       int
		answer, part string
	}{
		{400, `{"__type":"AccessDeniedException","message":"no"}`, "aws sso login"},
		{200, `{"authorizationData":[]}`, "no usable token"},
		{200, `{"authorizationData":[{"authorizationToken":"c2VjcmV0"}]}`, "no usable token"},
	} {
		_, err := login(t.Context(), registry, fakeECR(t, bad.status, bad.answer))
		if err == nil || !strings.Contains(err.Error(), bad.part) || strings.Contains(err.Error(), "c2VjcmV0") {
			t.Errorf("%s: the error is %v", bad.answer, err)
		}
	}
	_, err = login(t.Context(), registry, func(context.Context, string) (aws.Config, error) { return aws.Config{}, errors.New("no such profile") })
	if err == nil || !strings.Contains(err.Error(), "AWS_PROFILE") {
		t.Errorf("without a profile the error is %v", err)
	}
}

// TestC3_LoopbackAsksForNothing: no credentials go there.
func TestC3_LoopbackAsksForNothing(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"127.0.0.1:5000": true, "127.8.9.1": true, "localhost:1": true, "localhost": true, "[::1]:80": true,
		"10.0.0.1:5000": false, "localhost.example.com": false, "127.0.0.1.example.com:80": false,
	} {
		if got := isLoopback(host); got != want {
			t.Errorf("isLoopback(%s) is %v", host, got)
		}
	}
	registry, err := name.NewRegistry("127.0.0.1:5000", name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	if as, err := login(t.Context(), registry, nil); err != nil || as != authn.Anonymous {
		t.Errorf("login on loopback: %v, %v", as, err)
	}
}
