package rest_test

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"catalog/api/catalog"
)

// memoryStore is a catalog.Store that fails when it is told to. Its lists are
// by id, of a category or of a SKU.
type memoryStore struct {
	// before, where set, runs ahead of every call: what it answers is the
	// call's error.
	before func(ctx context.Context, call string) error

	mu         sync.Mutex
	calls      []string
	products   []catalog.Product
	categories map[string]catalog.CategoryInput
	keys       map[string]keptAnswer
	asked      catalog.Query
	counted    catalog.SummaryQuery
	summary    catalog.Summary
	corrected  string
	imports    map[uuid.UUID]*memoryImport
	maxImports int
}

type keptAnswer struct {
	request [32]byte
	catalog.Document
}

func (m *memoryStore) enter(ctx context.Context, call string) (leave func(), err error) {
	if m.before != nil {
		if err := m.before(ctx, call); err != nil {
			return nil, err
		}
	}
	m.mu.Lock()
	m.calls = append(m.calls, call)
	return m.mu.Unlock, nil
}

// count says how often something was asked.
func (m *memoryStore) count(call string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, c := range m.calls {
		if c == call {
			n++
		}
	}
	return n
}

func (m *memoryStore) Products(ctx context.Context, q catalog.Query) (catalog.Page, error) {
	leave, err := m.enter(ctx, "Products")
	if err != nil {
		return catalog.Page{}, err
	}
	defer leave()
	m.asked = q
	page := catalog.Page{Corrected: m.corrected}
	for _, p := range m.products {
		if q.After != nil && p.ID.String() <= q.After.ID.String() || q.Category != "" && (p.Category == nil || *p.Category != q.Category) ||
			q.SKU != "" && p.SKU != q.SKU {
			continue
		}
		if len(page.Items) == q.Limit {
			page.Next = &catalog.Position{Key: "key of " + string(q.Sort), ID: page.Items[q.Limit-1].ID}
			break
		}
		d, err := p.Document()
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, d)
	}
	return page, nil
}

func (m *memoryStore) Summarize(ctx context.Context, q catalog.SummaryQuery) (catalog.Summary, error) {
	leave, err := m.enter(ctx, "Summarize")
	if err != nil {
		return catalog.Summary{}, err
	}
	defer leave()
	m.counted = q
	return m.summary, nil
}

func (m *memoryStore) find(id uuid.UUID) (int, error) {
	i := slices.IndexFunc(m.products, func(p catalog.Product) bool { return p.ID == id })
	if i < 0 {
		return 0, catalog.ErrNotFound
	}
	return i, nil
}

func (m *memoryStore) Product(ctx context.Context, id uuid.UUID) (catalog.Document, error) {
	leave, err := m.enter(ctx, "Product")
	if err != nil {
		return catalog.Document{}, err
	}
	defer leave()
	i, err := m.find(id)
	if err != nil {
		return catalog.Document{}, err
	}
	return m.products[i].Document()
}

func (m *memoryStore) ProductsByID(ctx context.Context, ids []uuid.UUID) ([]catalog.Document, error) {
	leave, err := m.enter(ctx, "ProductsByID")
	if err != nil {
		return nil, err
	}
	defer leave()
	var all []catalog.Document
	for _, id := range ids {
		if i, err := m.find(id); err == nil {
			d, err := m.products[i].Document()
			if err != nil {
				return nil, err
			}
			all = append(all, d)
		}
	}
	return all, nil
}

func (m *memoryStore) CreateProduct(ctx context.Context, p catalog.Product, key *catalog.IdempotencyKey) (catalog.Document, bool, error) {
	leave, err := m.enter(ctx, "CreateProduct")
	if err != nil {
		return catalog.Document{}, false, err
	}
	defer leave()
	if key != nil {
		if first, ok := m.keys[key.Key]; ok && first.request != key.Request {
			return catalog.Document{}, false, catalog.ErrKeyReused
		} else if ok {
			return first.Document, true, nil
		}
	}
	if err := m.check(p); err != nil {
		return catalog.Document{}, false, err
	}
	m.products = append(m.products, p)
	slices.SortFunc(m.products, func(a, b catalog.Product) int { return cmp.Compare(a.ID.String(), b.ID.String()) })
	d, err := p.Document()
	if key != nil {
		if m.keys == nil {
			m.keys = map[string]keptAnswer{}
		}
		m.keys[key.Key] = keptAnswer{key.Request, d}
	}
	return d, false, err
}

// check holds a product to what the database would.
func (m *memoryStore) check(p catalog.Product) error {
	if slices.ContainsFunc(m.products, func(other catalog.Product) bool { return other.SKU == p.SKU && other.ID != p.ID }) {
		return catalog.ErrDuplicateSKU
	}
	if p.Category != nil {
		if _, ok := m.categories[*p.Category]; !ok {
			return catalog.Invalid("/category", "there is no such category")
		}
	}
	return nil
}

func (m *memoryStore) UpdateProduct(ctx context.Context, id uuid.UUID, change func(catalog.Product) (catalog.Product, error)) (catalog.Document, error) {
	leave, err := m.enter(ctx, "UpdateProduct")
	if err != nil {
		return catalog.Document{}, err
	}
	defer leave()
	i, err := m.find(id)
	if err != nil {
		return catalog.Document{}, err
	}
	p, err := change(m.products[i])
	if err != nil {
		return catalog.Document{}, err
	}
	if err := m.check(p); err != nil {
		return catalog.Document{}, err
	}
	m.products[i] = p
	return p.Document()
}

func (m *memoryStore) DeleteProduct(ctx context.Context, id uuid.UUID, check func(int64) error) error {
	leave, err := m.enter(ctx, "DeleteProduct")
	if err != nil {
		return err
	}
	defer leave()
	i, err := m.find(id)
	if err != nil {
		return err
	}
	if err := check(m.products[i].Version); err != nil {
		return err
	}
	m.products = slices.Delete(m.products, i, i+1)
	return nil
}

func (m *memoryStore) Ping(ctx context.Context) error {
	leave, err := m.enter(ctx, "Ping")
	if err != nil {
		return err
	}
	leave()
	return nil
}

// skus are the SKUs of products, with blanks between them.
func skus(products []catalog.Product) string {
	var all []string
	for _, p := range products {
		all = append(all, p.SKU)
	}
	return strings.Join(all, " ")
}
