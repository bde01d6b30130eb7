package traces

import (
	"net/http"
	"strings"
	"testing"
)

// A web page elsewhere must not send traces or reports, under whichever name it
// reaches this machine; what X-Ray's SDKs and OpenTelemetry's exporters send
// goes through.
func TestI5_OnlyProgramsOfThisMachineAreHeard(t *testing.T) {
	t.Parallel()
	r := start(t)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for name, c := range map[string]struct {
		host   func(port string) string
		header map[string]string
		want   int
	}{
		"an exporter":    {func(port string) string { return "127.0.0.1:" + port }, map[string]string{"Content-Type": typeJSON}, 200},
		"by name":        {func(port string) string { return "localhost:" + port }, map[string]string{"Content-Type": typeJSON}, 200},
		"another name":   {func(port string) string { return "evil.example:" + port }, map[string]string{"Content-Type": typeJSON}, 421},
		"another port":   {func(string) string { return "127.0.0.1:1" }, map[string]string{"Content-Type": typeJSON}, 421},
		"a page":         {func(port string) string { return "127.0.0.1:" + port }, map[string]string{"Content-Type": typeJSON, "Origin": "https://evil.example"}, 403},
		"a browser says": {func(port string) string { return "127.0.0.1:" + port }, map[string]string{"Content-Type": typeJSON, "Sec-Fetch-Site": "cross-site"}, 403},
	} {
		for _, url := range []string{r.OTLPEndpoint() + "/v1/traces", "http://" + r.DaemonAddress() + "/SamplingTargets", "http://" + r.DaemonAddress() + "/GetSamplingRules"} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			request.Host = c.host(request.URL.Port())
			for field, value := range c.header {
				request.Header.Set(field, value)
			}
			response, err := client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != c.want {
				t.Errorf("%s to %s: %d, want %d", name, request.URL.Path, response.StatusCode, c.want)
			}
		}
	}
}
