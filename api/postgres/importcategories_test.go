package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"catalog/api/catalog"
)

// tree are the categories as "id<parent=name", by id.
func treeOf(t *testing.T, all []catalog.Category) string {
	t.Helper()
	var parts []string
	for _, c := range all {
		parent := ""
		if c.ParentID != nil {
			parent = *c.ParentID
		}
		parts = append(parts, fmt.Sprintf("%s<%s=%s(%d)", c.ID, parent, c.Name, c.ProductCount))
	}
	return strings.Join(parts, " ")
}

func TestPathsMakeTheirCategories(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	wantRows(t, importFeed(t, s, feedOf(
		`{"sku":"A","name":"a","category":"Kitchen/Kettles/Steel"}`, `{"sku":"B","name":"b","category":"Дом"}`,
		`{"sku":"C","name":"c","category":" Kitchen / Teapots "}`, `{"sku":"D","name":"d","category":"Kitchen"}`, `{"sku":"E","name":"e"}`,
	), ndjsonPaths), 5, 0, 0, 0)
	all, err := s.Categories(t.Context())
	const want = "Kitchen<=Kitchen(3) Kitchen/Kettles<Kitchen=Kettles(1) Kitchen/Kettles/Steel<Kitchen/Kettles=Steel(1) Kitchen/Teapots<Kitchen=Teapots(1) Дом<=Дом(1)"
	if got := treeOf(t, all); err != nil || got != want {
		t.Errorf("the tree is\n%s\nwant\n%s, %v", got, want, err)
	}
}

// TestPathsLeaveCategoriesAsTheyAre: a writer who moved or renamed one meant it.
func TestPathsLeaveCategoriesAsTheyAre(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	putCategory(t, s, "Elsewhere", "")
	putCategory(t, s, "Kitchen/Kettles", "Elsewhere")
	wantRows(t, importFeed(t, s, feedOf(`{"sku":"A","name":"a","category":"Kitchen/Kettles/Steel"}`, `{"sku":"B","name":"b","category":"Kitchen/Kettles"}`), ndjsonPaths), 2, 0, 0, 0)
	c, err := s.Category(t.Context(), "Kitchen/Kettles/Steel")
	if err != nil || strings.Join(c.Path, " > ") != "Name of Elsewhere > Name of Kitchen/Kettles > Steel" {
		t.Errorf("its path is %q, %v", c.Path, err)
	}
	if p := bySKU(t, s, "B"); *p.Category != "Kitchen/Kettles" {
		t.Errorf("it is in %s", *p.Category)
	}
	if all, err := s.Categories(t.Context()); err != nil || len(all) != 4 || all[1].ID != "Kitchen" || all[1].ProductCount != 0 {
		t.Errorf("%s, %v", treeOf(t, all), err)
	}
}

// TestRowsOfBadPathsFailAlone and make no category on the way.
func TestRowsOfBadPathsFailAlone(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	deep := strings.Repeat("a/", catalog.MaxCategoryDepth)
	wantRows(t, importFeed(t, s, feedOf(
		`{"sku":"A","name":"a","category":"`+deep+`b"}`, `{"sku":"B","name":"b","category":"x/`+strings.Repeat("y", 201)+`"}`,
		`{"sku":"C","name":"c","category":"x/y\u0000"}`, `{"sku":"D","name":"","category":"other"}`, `{"sku":"E","name":"e","category":"`+deep+`"}`,
	), ndjsonPaths), 1, 0, 0, 4)
	all, err := s.Categories(t.Context())
	if err != nil || len(all) != catalog.MaxCategoryDepth || all[0].ID != "a" {
		t.Errorf("%s, %v", treeOf(t, all), err)
	}
}

// TestCategoryThatGoesMeanwhileIsMadeAgain or its rows fail: not the import.
func TestCategoryThatGoesMeanwhileDoesNotEndTheImport(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	id := submitImport(t, s, feedOf(`{"sku":"A","name":"a","category":"x/y"}`), ndjsonPaths, false)
	job := claim(t, s)
	chunk := chunkOf(t, 1, catalog.ProductInput{SKU: "A", Name: "a"})
	for range 2 { // the job knows the category from the first time
		inPath(&chunk.Rows[0], "x", "y")
		if err := job.Apply(t.Context(), chunk); err != nil {
			t.Fatal(err)
		}
		if err := s.DeleteProduct(t.Context(), bySKU(t, s, "A").ID, func(int64) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if err := s.DeleteCategory(t.Context(), "x/y"); err != nil {
			t.Fatal(err)
		}
		if err := job.Apply(t.Context(), chunk); err == nil {
			t.Fatal("a chunk whose category has gone is taken")
		}
		// The second attempt, as the runner makes it.
		if err := job.Apply(t.Context(), chunk); err != nil {
			t.Fatal(err)
		}
		if err := s.DeleteProduct(t.Context(), bySKU(t, s, "A").ID, func(int64) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if i, err := s.Import(t.Context(), id); err != nil || i.Rows.Created != 4 {
		t.Errorf("%+v, %v", i, err)
	}
}
