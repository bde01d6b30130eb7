package integration

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"catalog/contract"
)

type product struct {
	ID       string  `json:"id"`
	SKU      string  `json:"sku"`
	GTIN     *string `json:"gtin"`
	Name     string  `json:"name"`
	Brand    *string `json:"brand"`
	Category *string `json:"category"`
	Price    *struct{ Amount, Currency string }
	Version  int64 `json:"version"`
}

type page struct {
	Items      []product `json:"items"`
	NextCursor *string   `json:"next_cursor"`
}

type problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func TestX2_OutputsAreComplete(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		contract.OutputAlbDNSName, contract.OutputAPIURL, contract.OutputEcrRepositoryURI,
		contract.OutputDashboardURL, contract.OutputClusterName, contract.OutputServiceName,
	} {
		if target.outputs[name] == "" {
			t.Errorf("the output %s is missing", name)
		}
	}
}

func TestX2_DashboardURLAnswersOnThisMachine(t *testing.T) {
	t.Parallel()
	onThisMachine(t)
	response, err := target.client.Get(target.outputs[contract.OutputDashboardURL])
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("the dashboard answers %s", response.Status)
	}
}

func TestL2_HealthReachesTheTasks(t *testing.T) {
	t.Parallel()
	health := decode[struct{ Status, Version, Database string }](t, must(t, 200, "GET", contract.HealthPath, "", nil))
	if health.Status != "ok" || health.Version == "" || health.Database != "up" {
		t.Errorf("health is %+v", health)
	}
}

func TestL2_APIReachesTheTasks(t *testing.T) {
	t.Parallel()
	a := must(t, 404, "GET", contract.APIPrefix+"nothing/here", "", nil)
	if code := decode[problem](t, a).Code; code != "no_such_path" || a.header.Get("Server") == "awselb/2.0" {
		t.Errorf("a path below %s was not answered by a task: %s %v", contract.APIPrefix, a.body, a.header)
	}
}

func TestL2_OtherPathsAreRefusedByTheLoadBalancer(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/index.html", "/API/v1/products", "/api", "/healthy", "/health/", "/admin/api/x"} {
		a := must(t, 404, "GET", path, "", nil)
		if a.header.Get("Server") != "awselb/2.0" {
			t.Errorf("%s was answered by %q, not by the load balancer", path, a.header.Get("Server"))
		}
	}
}

func TestD4_CreateListGet(t *testing.T) {
	t.Parallel()
	category := target.run + "-core"
	must(t, 201, "PUT", contract.APIBase+"/categories/"+category, target.token, map[string]any{"name": "Kaffeegeschirr ☕"})
	var created []product
	for _, name := range []string{"Tasse", "Kanne", "Milchkännchen"} {
		a := must(t, 201, "POST", contract.APIBase+"/products", target.token, map[string]any{
			"sku": target.run + "-" + name, "name": name, "category": category,
			"price": map[string]string{"amount": "19.9", "currency": "AUD"},
		})
		p := decode[product](t, a)
		if a.header.Get("Location") != contract.APIBase+"/products/"+p.ID || a.header.Get("ETag") == "" {
			t.Errorf("a created product has no Location or ETag: %v", a.header)
		}
		created = append(created, p)
	}
	if listed := listAll(t, category, 2); !slices.EqualFunc(listed, created, sameProduct) {
		t.Errorf("the list has %+v, want %+v", listed, created)
	}
	for _, p := range created {
		got := decode[product](t, must(t, 200, "GET", contract.APIBase+"/products/"+p.ID, "", nil))
		if !sameProduct(got, p) || got.Price == nil || got.Price.Amount != "19.90" {
			t.Errorf("got %+v, want %+v at 19.90", got, p)
		}
	}
	a := must(t, 409, "POST", contract.APIBase+"/products", target.token, map[string]any{"sku": created[0].SKU, "name": "again"})
	if code := decode[problem](t, a).Code; code != "duplicate_sku" {
		t.Errorf("a second product with the same SKU has the code %s", code)
	}
}

func TestS4_WritesNeedTheToken(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"", "wrong", target.token + "x"} {
		a := must(t, 401, "POST", contract.APIBase+"/products", token, map[string]any{"sku": "x", "name": "x"})
		if a.header.Get("WWW-Authenticate") == "" || decode[problem](t, a).Code != "unauthorized" {
			t.Errorf("a write without a valid token is refused with %v %s", a.header, a.body)
		}
	}
}

func sameProduct(a, b product) bool {
	return a.ID == b.ID && a.SKU == b.SKU && a.Name == b.Name && text(a.GTIN) == text(b.GTIN) &&
		text(a.Brand) == text(b.Brand) && text(a.Category) == text(b.Category) && a.Version == b.Version
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// listAll follows the cursor through a category's subtree.
func listAll(t *testing.T, category string, limit int) []product {
	t.Helper()
	query := url.Values{"category": {category}, "limit": {itoa(limit)}}
	var all []product
	for {
		p := decode[page](t, must(t, 200, "GET", contract.APIBase+"/products?"+query.Encode(), "", nil))
		all = append(all, p.Items...)
		if p.NextCursor == nil {
			return all
		}
		if len(p.Items) != limit {
			t.Fatalf("a page that is not the last has %d items, want %d", len(p.Items), limit)
		}
		query.Set("cursor", *p.NextCursor)
	}
}
