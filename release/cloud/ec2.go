package cloud

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	signer "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	smithy "github.com/aws/smithy-go"
)

// The answers of EC2 that are used.
type (
	addresses struct {
		All []struct {
			ID string `xml:"allocationId"`
		} `xml:"addressesSet>item"`
		page
	}
	natGateways struct {
		All []struct {
			ID     string `xml:"natGatewayId"`
			Subnet string `xml:"subnetId"`
			State  string `xml:"state"`
		} `xml:"natGatewaySet>item"`
		page
	}
	subnets struct {
		All []struct {
			ID   string `xml:"subnetId"`
			Zone string `xml:"availabilityZone"`
		} `xml:"subnetSet>item"`
		page
	}
	networkInterfaces struct {
		All []struct {
			ID          string `xml:"networkInterfaceId"`
			Description string `xml:"description"`
		} `xml:"networkInterfaceSet>item"`
		page
	}
)

type page struct {
	NextToken string `xml:"nextToken"`
}

func (p page) next() string { return p.NextToken }

// ec2Pages asks EC2 for every page of a list. It speaks the API itself (AWS:
// "Amazon EC2 API Reference", "Making requests"): the SDK's module takes
// longer to compile than all the rest of this program, for four calls.
func ec2Pages[T interface{ next() string }](ctx context.Context, a *Account, action string, filters map[string][]string) ([]T, error) {
	form := url.Values{"Action": {action}, "Version": {"2016-11-15"}}
	n := 0
	for name, values := range filters {
		n++
		form.Set(fmt.Sprintf("Filter.%d.Name", n), name)
		for i, value := range values {
			form.Set(fmt.Sprintf("Filter.%d.Value.%d", n, i+1), value)
		}
	}
	var all []T
	for {
		content, err := a.ec2Retried(ctx, form.Encode())
		if err != nil {
			return nil, err
		}
		var one T
		if err := xml.Unmarshal(content, &one); err != nil {
			return nil, fmt.Errorf("EC2 answers %s with no XML of it: %w", action, err)
		}
		all = append(all, one)
		if one.next() == "" {
			return all, nil
		}
		form.Set("NextToken", one.next())
	}
}

// ec2Retried tries again where the SDK would.
func (a *Account) ec2Retried(ctx context.Context, form string) ([]byte, error) {
	retryer := retry.NewStandard()
	for attempt := 1; ; attempt++ {
		content, err := a.ec2Once(ctx, form)
		if err == nil || attempt >= retryer.MaxAttempts() || !retryer.IsErrorRetryable(err) {
			return content, err
		}
		pause, _ := retryer.RetryDelay(attempt, err)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}

func (a *Account) ec2Once(ctx context.Context, form string) ([]byte, error) {
	endpoint := a.Endpoint
	if own := os.Getenv("AWS_ENDPOINT_URL_EC2"); own != "" {
		endpoint = own
	}
	if endpoint == "" {
		endpoint = "https://ec2." + a.Region + ".amazonaws.com"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(endpoint, "/")+"/", strings.NewReader(form))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	credentials, err := a.config.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, noCredentials(err)
	}
	sum := sha256.Sum256([]byte(form))
	if err := signer.NewSigner().SignHTTP(ctx, credentials, request, hex.EncodeToString(sum[:]), "ec2", a.Region, time.Now()); err != nil {
		return nil, err
	}
	response, err := a.httpClient().Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = ec2Error(response.StatusCode, content)
	}
	return content, err
}

// httpClient is the SDK's own, with its limits and its proxy.
func (a *Account) httpClient() aws.HTTPClient {
	if a.config.HTTPClient != nil {
		return a.config.HTTPClient
	}
	return http.DefaultClient
}

func ec2Error(status int, content []byte) error {
	var answer struct {
		Code    string `xml:"Errors>Error>Code"`
		Message string `xml:"Errors>Error>Message"`
	}
	_ = xml.NewDecoder(bytes.NewReader(content)).Decode(&answer) // what is no XML has no code
	if answer.Code == "" {
		answer.Code = fmt.Sprintf("HTTP %d", status)
	}
	return &smithy.GenericAPIError{Code: answer.Code, Message: answer.Message}
}
