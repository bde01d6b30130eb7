package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"catalog/contract"
)

// sampleFiles are a small shop of our own invention: no brand in it exists,
// and the GTINs are from the range that GS1 keeps for use inside a shop.
//
//go:embed sample/*.tsv
var sampleFiles embed.FS

const requestTimeout = 10 * time.Second

// loadSample fills an empty catalog through the load balancer, as any client
// would.
func loadSample(ctx context.Context, apiURL, token string, t *talk) error {
	client := sampleClient{ctx: ctx, base: apiURL, token: oneToken(token), http: &http.Client{Timeout: requestTimeout}}
	products, err := sampleRows("products")
	if err != nil {
		return err
	}
	complete, err := client.holdsMoreThan(products)
	if err != nil {
		return fmt.Errorf("the catalog cannot be read: %w", err)
	}
	if complete {
		t.say("%s %-10s kept from the last run; --fresh begins anew", t.paint(green, "✓"), "catalog")
		return nil
	}
	return t.during("catalog", "loading the sample catalog", client.loadAll)
}

// oneToken is one of the tokens that may write: while one is rotated, the secret
// holds several with commas between them.
func oneToken(secret string) string {
	first, _, _ := strings.Cut(secret, ",")
	return strings.TrimSpace(first)
}

// holdsMoreThan says whether the catalog has something besides a part of the
// sample: a load that was cut off goes on, a catalog in use is left alone.
func (c sampleClient) holdsMoreThan(sample []map[string]string) (bool, error) {
	var page struct {
		Items []struct{ SKU string }
	}
	if err := c.do(http.MethodGet, fmt.Sprintf("/products?limit=%d", len(sample)), nil, &page); err != nil {
		return false, err
	}
	known := map[string]bool{}
	for _, row := range sample {
		known[row["sku"]] = true
	}
	for _, item := range page.Items {
		if !known[item.SKU] {
			return true, nil
		}
	}
	return len(page.Items) == len(sample), nil
}

// loadAll writes every sample category and product.
func (c sampleClient) loadAll() (string, error) {
	categories, err := sampleRows("categories")
	if err != nil {
		return "", err
	}
	for _, row := range categories {
		category := map[string]any{"name": row["name"]}
		if row["parent"] != "" {
			category["parent_id"] = row["parent"]
		}
		if err := c.do(http.MethodPut, "/categories/"+row["id"], category, nil); err != nil {
			return "", fmt.Errorf("sample category %s: %w", row["id"], err)
		}
	}
	products, err := sampleRows("products")
	if err != nil {
		return "", err
	}
	for _, row := range products {
		product, err := sampleProduct(row)
		if err != nil {
			return "", err
		}
		if err := c.do(http.MethodPost, "/products", product, nil); err != nil && !errors.Is(err, errExists) {
			return "", fmt.Errorf("sample product %s: %w", row["sku"], err)
		}
	}
	return fmt.Sprintf("%d sample products in %d categories", len(products), len(categories)), nil
}

func sampleProduct(row map[string]string) (map[string]any, error) {
	stock, err := strconv.Atoi(row["stock"])
	if err != nil {
		return nil, fmt.Errorf("sample product %s: %w", row["sku"], err)
	}
	attributes := map[string]string{}
	for pair := range strings.SplitSeq(row["attributes"], ";") {
		name, value, _ := strings.Cut(pair, "=")
		attributes[name] = value
	}
	return map[string]any{
		"sku": row["sku"], "gtin": row["gtin"], "name": row["name"], "brand": row["brand"], "category": row["category"],
		"price": map[string]string{"amount": row["price"], "currency": "AUD"}, "stock": stock,
		"description": row["description"], "attributes": attributes,
	}, nil
}

// sampleRows reads a file of tab-separated values by its header.
func sampleRows(name string) ([]map[string]string, error) {
	file, err := sampleFiles.Open("sample/" + name + ".tsv")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.Comma, reader.LazyQuotes = '\t', true
	lines, err := reader.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("the sample %s: %w", name, err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, column := range lines[0] {
			row[column] = line[i]
		}
		rows = append(rows, row)
	}
	return rows, nil
}

type sampleClient struct {
	ctx   context.Context
	http  *http.Client
	base  string
	token string
}

// errExists: a product with this SKU is there already.
var errExists = errors.New("it is there already")

// do sends a document and reads the answer's into out, unless that is nil.
func (c sampleClient) do(method, path string, document, out any) error {
	body, err := json.Marshal(document)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(c.ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+c.token)
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return err
	}
	if response.StatusCode == http.StatusConflict {
		return errExists
	}
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s answers %s: %s", method, contract.APIBase+path, response.Status, strings.TrimSpace(string(answer)))
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}
