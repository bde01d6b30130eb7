package cloud

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"catalog/release/cloud/standin"
)

// TestMain keeps every test away from real credentials and metadata services.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_MAX_ATTEMPTS": "2", "HTTPS_PROXY": "", "HTTP_PROXY": "",
	} {
		os.Setenv(name, value)
	}
	code := m.Run()
	stopMoto()
	os.Exit(code)
}

// connect connects with a stand-in, which one test at a time may point the
// environment at.
func connect(t *testing.T, aws *standin.AWS) *Account {
	t.Helper()
	t.Cleanup(aws.Close)
	return connectTo(t, aws.URL)
}

func connectTo(t *testing.T, url string) *Account {
	t.Helper()
	t.Setenv("AWS_ENDPOINT_URL", url)
	a, err := Connect(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// says wants an error of one sentence with all parts.
func says(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("there is no error, want one with %q", parts)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the message lacks %q: %s", part, err)
		}
	}
	if strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "not-to-be-seen") {
		t.Errorf("the message is no sentence, or shows a secret: %s", err)
	}
}

func TestG7_AccountSaysWhoseItIs(t *testing.T) {
	a := connect(t, standin.Start("dev"))
	if a.ID != standin.AccountID || a.Region != DefaultRegion || !strings.Contains(a.Identity, "user/test") {
		t.Errorf("the account is %+v", a)
	}
}

// TestX6_RefusedCredentialsAreToldApart: each with its own next step.
func TestX6_RefusedCredentialsAreToldApart(t *testing.T) {
	aws := standin.Start("dev")
	defer aws.Close()
	t.Setenv("AWS_ENDPOINT_URL", aws.URL)
	for code, part := range map[string]string{
		"ExpiredToken":          "the credentials have expired",
		"InvalidClientTokenId":  "AWS does not know the credentials",
		"SignatureDoesNotMatch": "the clock",
		"AccessDenied":          "docs/deploy.md",
		"Throttling":            "wait a minute",
		"SomethingNew":          "SomethingNew a word",
	} {
		aws.Fail("GetCallerIdentity", code, "a word", 2)
		_, err := Connect(t.Context(), "")
		says(t, err, part, "run the same command again")
		var failure *Failure
		if errors.As(err, &failure) && failure.Expired != strings.HasPrefix(code, "Expired") {
			t.Errorf("%s says that credentials have expired: %v", code, failure.Expired)
		}
	}
	aws.Fail("GetCallerIdentity", "Throttling", "for once", 1)
	if _, err := Connect(t.Context(), ""); err != nil {
		t.Errorf("a call that is throttled once is not tried again: %v", err)
	}
}

func TestX6_NoCredentialsAndNoNetwork(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9") // the port that discards, and nobody has
	_, err := Connect(t.Context(), "")
	says(t, err, "AWS cannot be reached", "HTTPS_PROXY")
	t.Setenv("AWS_PROFILE", "nobodys")
	_, err = Connect(t.Context(), "")
	says(t, err, "the profile nobodys", "list-profiles")
	t.Setenv("AWS_PROFILE", "")
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	_, err = Connect(t.Context(), "")
	says(t, err, "there are no credentials for AWS", "aws sso login")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Connect(ctx, ""); err == nil {
		t.Error("an interrupted connection succeeds")
	}
}

func FuzzFailureIsOneSentence(f *testing.F) {
	f.Add("ExpiredToken", "the\ntoken")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, code, message string) {
		failure := &Failure{What: "it", Next: again}
		failure.byCode(code, message)
		if strings.ContainsAny(failure.Error(), "\n\r") {
			t.Errorf("the sentence has lines: %q", failure.Error())
		}
	})
}
