package catalog

import "strings"

// Category is one node of the category tree.
type Category struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	ParentID *string `json:"parent_id"` // null at a root
	// Path names the way from the root down to this category.
	Path []string `json:"path"`
	// ProductCount counts the products of the whole subtree.
	ProductCount int64 `json:"product_count"`
}

// CategoryID is the id of the category at the end of a path of names.
func CategoryID(path []string) string { return strings.Join(path, "/") }

// CategoryInput is what a writer may say of a category.
type CategoryInput struct {
	Name     string  `json:"name"`
	ParentID *string `json:"parent_id"`
}

const (
	maxCategoryID   = 500
	maxCategoryName = 200
	// MaxCategoryDepth bounds the tree: no real feed goes deeper than 10.
	MaxCategoryDepth = 32
)

// Check trims the name and says everything that is wrong with the input for a
// category's id.
func (in *CategoryInput) Check(id string) error {
	in.Name = strings.TrimSpace(in.Name) // real feeds have blanks around names
	var v violations
	v.text("/id", id, 1, maxCategoryID)
	v.text("/name", in.Name, 1, maxCategoryName)
	if in.ParentID != nil {
		v.text("/parent_id", *in.ParentID, 1, maxCategoryID)
		if *in.ParentID == id {
			v.add("/parent_id", "must be another category")
		}
	}
	if len(v) > 0 {
		return &InvalidError{Violations: v}
	}
	return nil
}

// CountSubtrees turns own product counts into subtree counts and fills in the
// paths. The parents of the categories must be among them.
func CountSubtrees(categories []Category) {
	byID := make(map[string]*Category, len(categories))
	for i := range categories {
		byID[categories[i].ID] = &categories[i]
	}
	own := make([]int64, len(categories))
	for i := range categories {
		own[i] = categories[i].ProductCount
	}
	for i := range categories {
		categories[i].Path = pathOf(&categories[i], byID)
		for c := parentOf(&categories[i], byID); c != nil; c = parentOf(c, byID) {
			c.ProductCount += own[i]
		}
	}
}

func pathOf(c *Category, byID map[string]*Category) []string {
	if c.Path != nil {
		return c.Path
	}
	var path []string
	if parent := parentOf(c, byID); parent != nil {
		parent.Path = pathOf(parent, byID)
		path = append(path, parent.Path...)
	}
	return append(path, c.Name)
}

func parentOf(c *Category, byID map[string]*Category) *Category {
	if c.ParentID == nil {
		return nil
	}
	return byID[*c.ParentID]
}
