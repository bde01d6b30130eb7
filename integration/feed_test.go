package integration

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"catalog/contract"
)

// realData is a folder beside the project, with a README of its own.
const realData = "../../shared/data"

// writers is how many requests write at once.
const writers = 8

func itoa(n int) string { return strconv.Itoa(n) }

func readRealData(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(realData, name))
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") == "" { // CI has it
		t.Skipf("%s is not on this machine: it lies beside the project where that is built", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// forAll calls do for every item, several at a time, and stops the test at the
// first error.
func forAll[T any](t *testing.T, items []T, do func(T) error) {
	t.Helper()
	queue := make(chan T)
	failed := make(chan error, writers)
	var workers sync.WaitGroup
	for range writers {
		workers.Go(func() {
			for item := range queue {
				if err := do(item); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	var first error
feed:
	for _, item := range items {
		select {
		case queue <- item:
		case first = <-failed:
			break feed
		}
	}
	close(queue)
	workers.Wait()
	if first == nil && len(failed) > 0 {
		first = <-failed
	}
	if first != nil {
		t.Fatal(first)
	}
}

// expect sends a write and wants 200 or 201.
func expect(method, path string, document any) error {
	a, err := target.request(method, path, target.token, document)
	if err != nil {
		return err
	}
	if a.status != 200 && a.status != 201 {
		return errors.New(method + " " + path + " answers " + itoa(a.status) + ": " + string(a.body))
	}
	return nil
}

type categoryNode struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	ParentID *string `json:"parent_id"`
}

// putTree writes categories level by level: a parent must be there first.
func putTree(t *testing.T, levels [][]categoryNode) {
	t.Helper()
	for _, level := range levels {
		forAll(t, level, func(c categoryNode) error {
			document := map[string]any{"name": c.Name, "parent_id": c.ParentID}
			return expect("PUT", contract.APIBase+"/categories/"+url.PathEscape(c.ID), document)
		})
	}
}

// TestD1_RealProductsComeBackComplete sends a feed of real products, Cyrillic
// names and category paths in it, through the load balancer and reads all back.
func TestD1_RealProductsComeBackComplete(t *testing.T) {
	t.Parallel()
	root := target.run + "-feed"
	rows := strings.Split(strings.TrimSpace(string(readRealData(t, "gtin/products_0001.tsv"))), "\n")[1:]
	levels := [][]categoryNode{{{ID: root, Name: root}}}
	seen := map[string]bool{}
	sent := make([]product, len(rows))
	for i, row := range rows {
		column := strings.Split(strings.TrimSuffix(row, "\r"), "\t")
		parent := root
		for depth, name := range strings.Split(column[4], "/") {
			id := parent + "/" + name
			if !seen[id] {
				seen[id] = true
				if depth+1 == len(levels) {
					levels = append(levels, nil)
				}
				above := parent
				levels[depth+1] = append(levels[depth+1], categoryNode{ID: id, Name: name, ParentID: &above})
			}
			parent = id
		}
		sent[i] = product{SKU: root + "-" + column[0], Name: strings.TrimSpace(column[2]), GTIN: &column[1], Category: &parent, Version: 1}
		if len(column) > 6 && column[6] != "" {
			sent[i].Brand = &column[6]
		}
	}
	putTree(t, levels)
	forAll(t, sent, func(p product) error {
		return expect("POST", contract.APIBase+"/products", map[string]any{
			"sku": p.SKU, "name": p.Name, "gtin": p.GTIN, "category": p.Category, "brand": p.Brand,
		})
	})

	received := map[string]product{}
	for _, p := range listAll(t, root, 100) {
		received[p.SKU] = p
	}
	if len(received) != len(sent) || len(sent) != 7910 {
		t.Errorf("%d of %d products came back, want all 7910", len(received), len(sent))
	}
	cyrillic := 0
	for _, p := range sent {
		got := received[p.SKU]
		p.ID = got.ID // the only thing that the sender does not know
		if !sameProduct(got, p) || got.Price != nil {
			t.Fatalf("sent %+v, received %+v", p, got)
		}
		if strings.ContainsFunc(p.Name, func(r rune) bool { return r >= 'а' && r <= 'я' }) {
			cyrillic++
		}
	}
	if cyrillic < 100 {
		t.Errorf("only %d of the names were Cyrillic: this is not the file that the test is about", cyrillic)
	}
	count := decode[struct {
		ProductCount int `json:"product_count"`
	}](t, must(t, 200, "GET", contract.APIBase+"/categories/"+root, "", nil))
	if count.ProductCount != len(sent) {
		t.Errorf("the subtree counts %d products, want %d", count.ProductCount, len(sent))
	}
}

// TestD1_RealCategoryTreeComesBackComplete sends a shop's whole category tree.
// Its file is as it is: some paths name categories that it does not list, and
// one category has no name, for which its id stands in.
func TestD1_RealCategoryTreeComesBackComplete(t *testing.T) {
	t.Parallel()
	type node struct{ ID, Name string }
	var file []struct {
		node
		Path []node `json:"path"`
	}
	if err := json.Unmarshal(readRealData(t, "categories.json"), &file); err != nil {
		t.Fatal(err)
	}
	root := target.run + "-tree"
	levels := [][]categoryNode{{{ID: root, Name: root}}}
	sent := map[string]categoryNode{}
	for _, c := range file {
		parent := root
		for depth, step := range c.Path {
			id := root + "/" + step.ID
			if _, ok := sent[id]; !ok {
				if depth+1 == len(levels) {
					levels = append(levels, nil)
				}
				above := parent
				name := strings.TrimSpace(step.Name) // as the API keeps it
				if name == "" {
					name = step.ID
				}
				sent[id] = categoryNode{ID: id, Name: name, ParentID: &above}
				levels[depth+1] = append(levels[depth+1], sent[id])
			}
			parent = id
		}
	}
	for _, c := range file {
		if _, ok := sent[root+"/"+c.ID]; !ok {
			t.Fatalf("category %s is not on its own path", c.ID)
		}
	}
	putTree(t, levels)

	received := map[string]categoryNode{}
	for _, c := range decode[struct{ Items []categoryNode }](t, must(t, 200, "GET", contract.APIBase+"/categories", "", nil)).Items {
		received[c.ID] = c
	}
	if len(sent) < 4584 {
		t.Errorf("%d categories were sent, want at least the file's 4584", len(sent))
	}
	for id, c := range sent {
		if got := received[id]; got.Name != c.Name || text(got.ParentID) != text(c.ParentID) {
			t.Fatalf("sent %+v, received %+v", c, got)
		}
	}
}
