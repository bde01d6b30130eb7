package rest_test

import (
	"cmp"
	"context"
	"slices"

	"catalog/api/catalog"
)

func (m *memoryStore) Categories(ctx context.Context) ([]catalog.Category, error) {
	leave, err := m.enter(ctx, "Categories")
	if err != nil {
		return nil, err
	}
	defer leave()
	var all []catalog.Category
	for id, in := range m.categories {
		all = append(all, catalog.Category{ID: id, Name: in.Name, ParentID: in.ParentID})
	}
	slices.SortFunc(all, func(a, b catalog.Category) int { return cmp.Compare(a.ID, b.ID) })
	catalog.CountSubtrees(all)
	return all, nil
}

func (m *memoryStore) Category(ctx context.Context, id string) (catalog.Category, error) {
	all, err := m.Categories(ctx)
	if err != nil {
		return catalog.Category{}, err
	}
	for _, c := range all {
		if c.ID == id {
			return c, nil
		}
	}
	return catalog.Category{}, catalog.ErrNotFound
}

func (m *memoryStore) PutCategory(ctx context.Context, id string, in catalog.CategoryInput) (bool, error) {
	leave, err := m.enter(ctx, "PutCategory")
	if err != nil {
		return false, err
	}
	defer leave()
	_, existed := m.categories[id]
	if m.categories == nil {
		m.categories = map[string]catalog.CategoryInput{}
	}
	m.categories[id] = in
	return !existed, nil
}

func (m *memoryStore) DeleteCategory(ctx context.Context, id string) error {
	leave, err := m.enter(ctx, "DeleteCategory")
	if err != nil {
		return err
	}
	defer leave()
	if _, ok := m.categories[id]; !ok {
		return catalog.ErrNotFound
	}
	if slices.ContainsFunc(m.products, func(p catalog.Product) bool { return p.Category != nil && *p.Category == id }) {
		return catalog.ErrInUse
	}
	delete(m.categories, id)
	return nil
}
