package imports_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"catalog/api/catalog"
	"catalog/api/feed"
)

// rowOf reads a CSV feed of one row that has a category.
func rowOf(t *testing.T, category string) (row catalog.ImportRow) {
	t.Helper()
	j := &memoryJob{feed: "sku\tname\tcategory\nA-1\tProduct\t" + category + "\n", options: options(feed.TSV, "/")}
	m := &memory{}
	m.add(j)
	work(m)
	if len(j.rows()) != 1 {
		t.Fatalf("%q: %d rows, %s %s", category, len(j.rows()), j.state, j.detail)
	}
	return j.rows()[0]
}

func TestPathOfACategoryMakesItsID(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for path, want := range map[string]string{
			"Kitchen": "Kitchen", "Kitchen/Kettles": "Kitchen/Kettles", " Kitchen / Kettles/": "Kitchen/Kettles",
			"Дом//Чайники": "Дом/Чайники", strings.Repeat("a/", catalog.MaxCategoryDepth): strings.TrimSuffix(strings.Repeat("a/", catalog.MaxCategoryDepth), "/"),
		} {
			row := rowOf(t, path)
			if row.Err != nil || row.Product.Category == nil || *row.Product.Category != want || catalog.CategoryID(row.CategoryPath) != want {
				t.Errorf("%q: %v, %v", path, row.Product.Category, row.Err)
			}
		}
		for _, none := range []string{"", "/", " / "} {
			if row := rowOf(t, none); row.Err != nil || row.Product.Category != nil || row.CategoryPath != nil {
				t.Errorf("%q: %v, %v", none, row.Product.Category, row.Err)
			}
		}
	})
}

func TestFaultOfAPathIsTheRowsCategorys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for path, word := range map[string]string{
			strings.Repeat("a/", catalog.MaxCategoryDepth+1): "at most 32 levels, has 33",
			"Kitchen/" + strings.Repeat("k", 201):            "at most 200 characters",
			strings.Repeat(strings.Repeat("k", 150)+"/", 4):  "at most 500 characters",
			"Kitchen/Ket\x00tles":                            "without control characters",
			"Kitchen/Ket\u0085tles":                          "without control characters",
		} {
			row := rowOf(t, path)
			var invalid *catalog.InvalidError
			if !errors.As(row.Err, &invalid) || len(invalid.Violations) != 1 || invalid.Violations[0].Pointer != "/category" ||
				!strings.Contains(invalid.Violations[0].Detail, word) || row.SKU != "A-1" {
				t.Errorf("%.40q: %+v", path, row.Err)
			}
		}
	})
}

// TestBadRowsAreGivenWithWhatIsKnownOfThem: they are the store's to list.
func TestBadRowsAreGivenWithWhatIsKnownOfThem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := &memoryJob{feed: document("A-1") + "\n" + `{"sku":"A-2","name":"","stock":-1}` + "\n" + `no JSON` + "\n" + document("A-3")}
		m := &memory{}
		m.add(j)
		work(m)
		rows := j.rows()
		if skus(rows) != "A-1 A-2  A-3" || rows[0].Err != nil || rows[3].Err != nil || rows[1].Line != 3 || rows[2].Line != 4 {
			t.Fatalf("%+v", rows)
		}
		for _, bad := range rows[1:3] {
			var invalid *catalog.InvalidError
			if !errors.As(bad.Err, &invalid) {
				t.Errorf("%v", bad.Err)
			}
		}
	})
}
