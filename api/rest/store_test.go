package rest_test

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/google/uuid"

	"catalog/api/catalog"
)

// memoryStore is a catalog.Store that fails when it is told to.
type memoryStore struct {
	// before, where set, runs ahead of every call: what it answers is the
	// call's error.
	before func(ctx context.Context, call string) error

	mu         sync.Mutex
	products   []catalog.Product
	categories map[string]catalog.CategoryInput
}

func (m *memoryStore) enter(ctx context.Context, call string) (leave func(), err error) {
	if m.before != nil {
		if err := m.before(ctx, call); err != nil {
			return nil, err
		}
	}
	m.mu.Lock()
	return m.mu.Unlock, nil
}

func (m *memoryStore) Products(ctx context.Context, q catalog.Query) (catalog.Page, error) {
	leave, err := m.enter(ctx, "Products")
	if err != nil {
		return catalog.Page{}, err
	}
	defer leave()
	var page catalog.Page
	for _, p := range m.products {
		if p.ID.String() <= q.After.String() || q.Category != "" && (p.Category == nil || *p.Category != q.Category) {
			continue
		}
		if len(page.Items) == q.Limit {
			page.More = true
			break
		}
		page.Items = append(page.Items, p)
	}
	return page, nil
}

func (m *memoryStore) Product(ctx context.Context, id uuid.UUID) (catalog.Product, error) {
	leave, err := m.enter(ctx, "Product")
	if err != nil {
		return catalog.Product{}, err
	}
	defer leave()
	for _, p := range m.products {
		if p.ID == id {
			return p, nil
		}
	}
	return catalog.Product{}, catalog.ErrNotFound
}

func (m *memoryStore) CreateProduct(ctx context.Context, p catalog.Product) error {
	leave, err := m.enter(ctx, "CreateProduct")
	if err != nil {
		return err
	}
	defer leave()
	if slices.ContainsFunc(m.products, func(other catalog.Product) bool { return other.SKU == p.SKU }) {
		return catalog.ErrDuplicateSKU
	}
	if p.Category != nil {
		if _, ok := m.categories[*p.Category]; !ok {
			return catalog.Invalid("/category", "there is no such category")
		}
	}
	m.products = append(m.products, p)
	slices.SortFunc(m.products, func(a, b catalog.Product) int { return cmp.Compare(a.ID.String(), b.ID.String()) })
	return nil
}

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

func (m *memoryStore) Ping(ctx context.Context) error {
	leave, err := m.enter(ctx, "Ping")
	if err != nil {
		return err
	}
	leave()
	return nil
}
