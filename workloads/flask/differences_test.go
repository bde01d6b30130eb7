package flask_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"catalog/contract"
)

// difference is something that a client sees in another form from each of the
// workloads.
type difference struct {
	what string
	see  func(t *testing.T, s *server) string
}

// TestS1_DifferencesAreThoseOfTheDocument measures what differs byte by byte
// and holds the table of docs/migrate-from-flask.md to it.
func TestS1_DifferencesAreThoseOfTheDocument(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../docs/migrate-from-flask.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range differences {
		golang, flask := d.see(t, both.golang), d.see(t, both.flask)
		if golang == flask {
			t.Errorf("%s: both answer %s", d.what, golang)
		}
		if row := fmt.Sprintf("| %s | %s | %s |", d.what, golang, flask); !strings.Contains(string(content), row) {
			t.Errorf("docs/migrate-from-flask.md lacks the row\n%s", row)
		}
	}
	_, table, _ := strings.Cut(string(content), "| what | Go | Flask |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	if rows := strings.Count(table, "\n"); rows != len(differences) {
		t.Errorf("the table has %d rows, this test knows %d", rows, len(differences))
	}
}

var differences = []difference{
	{"names in `attributes`", func(t *testing.T, s *server) string { return code(part(t, s, "order", `"attributes":(\{.*?\})`)) }},
	{"`<`, `>` and `&` in a text", func(t *testing.T, s *server) string { return code(part(t, s, "escapes", `"name":"(.*?)"`)) }},
	{"a line separator, U+2028, in a text", func(t *testing.T, s *server) string {
		return map[bool]string{true: "`\\u2028`", false: "the character itself"}[strings.Contains(part(t, s, "separator", `"description":"(.*?)"`), `\u2028`)]
	}},
	{"the fraction of a time", fraction},
	{"`Server`, `Connection`", func(t *testing.T, s *server) string {
		h := s.want(t, 200, "GET", contract.HealthPath, "").header
		return or(code(h.Get("Server"))) + ", " + or(code(h.Get("Connection")))
	}},
	{"`Accept-Encoding: gzip`, `Content-Encoding` of the answer", func(t *testing.T, s *server) string {
		return or(code(coded(t, s).Get("Content-Encoding")))
	}},
	{"the same, end of the `ETag`", func(t *testing.T, s *server) string {
		return map[bool]string{true: "`-gzip\"`", false: "as without"}[strings.HasSuffix(coded(t, s).Get("ETag"), `-gzip"`)]
	}},
	{"characters in the `ETag` of a list", func(t *testing.T, s *server) string {
		tag := s.want(t, 200, "GET", products+"?sku=none", "").header.Get("ETag")
		return fmt.Sprint(len(tag) - 2)
	}},
	{"`GET /api/v1/categories/a/b`, where `a%2Fb` exists", func(t *testing.T, s *server) string {
		s.want(t, 404, "GET", categories+"/slash%2Fnone", "")
		putOnce(t, s, categories+"/slash%2Fb")
		return status(t, s, "GET", categories+"/slash/b", "")
	}},
	{"`PATCH /api/v1/products/{id}`, an unknown id", func(t *testing.T, s *server) string {
		return status(t, s, "PATCH", products+"/"+unknownID, `{}`, "If-Match", "*")
	}},
	{"`Allow` of a product", func(t *testing.T, s *server) string {
		return code(s.want(t, 405, "POST", products+"/"+unknownID, `{}`).header.Get("Allow"))
	}},
	{"`POST /api/v1/products:batch-get`", func(t *testing.T, s *server) string {
		return status(t, s, "POST", products+":batch-get", `{"ids":["`+unknownID+`"]}`)
	}},
	{"`GET /api/v1/products:export`", func(t *testing.T, s *server) string { return status(t, s, "GET", products+":export", "") }},
	{"`GET /api/v1/imports/{id}`", func(t *testing.T, s *server) string {
		return codeOf(t, s, contract.APIBase+"/imports/"+unknownID)
	}},
	{"`GET /api/v1/openapi.json`", func(t *testing.T, s *server) string {
		return status(t, s, "GET", contract.APIBase+"/openapi.json", "")
	}},
	{"`GET /api/docs`", func(t *testing.T, s *server) string { return status(t, s, "GET", "/api/docs", "") }},
	{"`sort`, `fields`, `brand`, `attr.`, `price_`, `in_stock`, `facets`, `total`", func(t *testing.T, s *server) string {
		seen := map[string]bool{}
		for _, parameter := range []string{"sort=name", "fields=sku", "brand=x", "attr.a=b", "price_gte=1", "price_lte=1", "in_stock=true", "facets=brand", "total=exact"} {
			seen[status(t, s, "GET", products+"?"+parameter, "")] = true
		}
		return either(seen)
	}},
	{"`detail` for an empty segment in a path", func(t *testing.T, s *server) string {
		return code(s.want(t, 404, "GET", "/api/v1//products", "").text(t, "detail"))
	}},
	{"`detail` for JSON that breaks off", func(t *testing.T, s *server) string {
		return code(s.want(t, 400, "POST", products, `{"sku":`).text(t, "detail"))
	}},
	{"a header of 20 KiB", func(t *testing.T, s *server) string {
		return raw(t, s, "GET /health HTTP/1.1\r\nHost: x\r\nX-Long: "+strings.Repeat("x", 20<<10)+"\r\n\r\n")
	}},
	{"a request that is no HTTP", func(t *testing.T, s *server) string { return raw(t, s, "HELLO\r\n\r\n") }},
	{"a header without a name", func(t *testing.T, s *server) string {
		return raw(t, s, "GET /health HTTP/1.1\r\nHost: x\r\n: x\r\n\r\n")
	}},
	{"a request without `Host`", func(t *testing.T, s *server) string { return raw(t, s, "GET /health HTTP/1.1\r\n\r\n") }},
}

// part creates a product and answers a part of its bytes.
func part(t *testing.T, s *server, name, pattern string) string {
	t.Helper()
	document := `{"sku":"` + name + s.url + `","name":"<b> & co","description":"a\u2028b","attributes":{"size":"L","colour":"red"}}`
	a := s.want(t, 201, "POST", products, document)
	match := regexp.MustCompile(pattern).FindSubmatch(a.body)
	if match == nil {
		t.Fatalf("%s has no %s", a.body, pattern)
	}
	return string(match[1])
}

// fraction looks at times until one ends with a zero, which every tenth does.
func fraction(t *testing.T, s *server) string {
	t.Helper()
	for i := range 200 {
		document := fmt.Sprintf(`{"sku":"time-%d%s","name":"x"}`, i, s.url)
		created := s.want(t, 201, "POST", products, document).text(t, "created_at")
		_, digits, _ := strings.Cut(strings.TrimSuffix(created, "Z"), ".")
		switch {
		case len(digits) < 6:
			return "no zeros at its end"
		case strings.HasSuffix(digits, "0"):
			return "6 digits"
		}
	}
	return "never with a zero"
}

// coded asks for a list that is worth compressing, as a browser does.
func coded(t *testing.T, s *server) http.Header {
	t.Helper()
	sku := "coded-" + s.url
	long := strings.Repeat("long ", 400)
	header := map[string]string{"Authorization": "Bearer " + writeToken, "Content-Type": "application/json"}
	if _, err := s.ask("POST", products, header, `{"sku":"`+sku+`","name":"x","description":"`+long+`"}`); err != nil {
		t.Fatal(err)
	}
	return s.want(t, 200, "GET", products+"?sku="+sku, "", "Accept-Encoding", "gzip").header
}

func putOnce(t *testing.T, s *server, path string) {
	t.Helper()
	header := map[string]string{"Authorization": "Bearer " + writeToken, "Content-Type": "application/json"}
	if a, err := s.ask("PUT", path, header, `{"name":"x"}`); err != nil || a.status/100 != 2 {
		t.Fatalf("PUT %s: %d %s, %v", path, a.status, a.body, err)
	}
}

// status is the answer's, as a writer gets it.
func status(t *testing.T, s *server, method, path, body string, more ...string) string {
	t.Helper()
	header := map[string]string{"Authorization": "Bearer " + writeToken}
	if body != "" {
		header["Content-Type"] = "application/json"
	}
	for i := 0; i+1 < len(more); i += 2 {
		header[more[i]] = more[i+1]
	}
	a, err := s.ask(method, path, header, body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(a.status)
}

// codeOf is the code of a problem: two that say 404 mean different things.
func codeOf(t *testing.T, s *server, path string) string {
	t.Helper()
	a := s.want(t, 404, "GET", path, "")
	return "404 `" + a.text(t, "code") + "`"
}

// raw sends bytes that no client library would, and answers the status and
// what kind of page it is.
func raw(t *testing.T, s *server, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return "closes"
	}
	defer response.Body.Close()
	media, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	return fmt.Sprintf("%d, %s", response.StatusCode, code(media))
}

func either(seen map[string]bool) string {
	if len(seen) != 1 {
		return fmt.Sprint(seen)
	}
	for only := range seen {
		return only
	}
	return ""
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

func or(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
