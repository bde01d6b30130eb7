package catalog_test

import (
	"reflect"
	"strings"
	"testing"

	"catalog/api/catalog"
)

func TestCategoryCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		id    string
		in    catalog.CategoryInput
		wrong []string
	}{
		{"kitchen", catalog.CategoryInput{Name: "Kitchen"}, nil},
		{"kitchen/kettles", catalog.CategoryInput{Name: " Kettles ", ParentID: ptr("kitchen")}, nil},
		{strings.Repeat("к", 500), catalog.CategoryInput{Name: strings.Repeat("к", 200)}, nil},
		{"kitchen", catalog.CategoryInput{Name: " \n"}, []string{"/name"}},
		{"kitchen", catalog.CategoryInput{Name: "K", ParentID: ptr("kitchen")}, []string{"/parent_id"}},
		{"kitchen", catalog.CategoryInput{Name: "K", ParentID: ptr("")}, []string{"/parent_id"}},
		{"a\x00b", catalog.CategoryInput{Name: "K"}, []string{"/id"}},
		{"\xff", catalog.CategoryInput{Name: "K"}, []string{"/id"}},
		{" kitchen", catalog.CategoryInput{Name: "K"}, []string{"/id"}},
		{
			strings.Repeat("x", 501),
			catalog.CategoryInput{Name: strings.Repeat("x", 201), ParentID: ptr(strings.Repeat("x", 502))},
			[]string{"/id", "/name", "/parent_id"},
		},
	} {
		err := c.in.Check(c.id)
		switch {
		case c.wrong != nil:
			wantViolations(t, err, c.wrong...)
		case err != nil:
			t.Errorf("%q %+v: %v", c.id, c.in, err)
		case c.in.Name != strings.TrimSpace(c.in.Name):
			t.Errorf("the name %q keeps its blanks", c.in.Name)
		}
	}
}

// TestCountSubtrees: children come before their parents here as often as
// after, since the store orders by id.
func TestCountSubtrees(t *testing.T) {
	t.Parallel()
	tree := []catalog.Category{
		{ID: "a-leaf", Name: "Leaf", ParentID: ptr("m-branch"), ProductCount: 5},
		{ID: "b-other", Name: "Other", ProductCount: 100},
		{ID: "c-empty", Name: "Empty", ParentID: ptr("z-root")},
		{ID: "m-branch", Name: "Branch", ParentID: ptr("z-root"), ProductCount: 20},
		{ID: "n-leaf", Name: "Leaf", ParentID: ptr("m-branch"), ProductCount: 3},
		{ID: "z-root", Name: "Root", ProductCount: 1},
	}
	catalog.CountSubtrees(tree)
	for i, want := range []struct {
		count int64
		path  []string
	}{
		{5, []string{"Root", "Branch", "Leaf"}},
		{100, []string{"Other"}},
		{0, []string{"Root", "Empty"}},
		{28, []string{"Root", "Branch"}},
		{3, []string{"Root", "Branch", "Leaf"}},
		{29, []string{"Root"}},
	} {
		if tree[i].ProductCount != want.count || !reflect.DeepEqual(tree[i].Path, want.path) {
			t.Errorf("%s counts %d at %q, want %d at %q", tree[i].ID, tree[i].ProductCount, tree[i].Path, want.count, want.path)
		}
	}
}

// TestCountSubtreesKeepsPathsApart: siblings must not share one array.
func TestCountSubtreesKeepsPathsApart(t *testing.T) {
	t.Parallel()
	tree := []catalog.Category{{ID: "0", Name: "0"}}
	for i := 1; i < catalog.MaxCategoryDepth; i++ {
		parent := tree[i-1].ID
		tree = append(tree, catalog.Category{ID: parent + "0", Name: "0", ParentID: &parent})
	}
	for _, c := range tree[:len(tree):len(tree)] {
		tree = append(tree, catalog.Category{ID: c.ID + "1", Name: "1", ParentID: ptr(c.ID)})
	}
	catalog.CountSubtrees(tree)
	for _, c := range tree {
		if got := strings.Join(c.Path, ""); got != c.ID {
			t.Errorf("the path of %s is %s", c.ID, got)
		}
	}
}
