package rest_test

import (
	"context"

	"github.com/google/uuid"

	"catalog/api/catalog"
)

// memoryImport is an import that nobody works on.
type memoryImport struct {
	catalog.Import
	request catalog.ImportRequest
	feed    []byte
	errors  []catalog.ImportError
}

func (m *memoryStore) BeginImport(ctx context.Context, r catalog.ImportRequest) error {
	leave, err := m.enter(ctx, "BeginImport")
	if err != nil {
		return err
	}
	defer leave()
	if len(m.imports) >= m.maxImports && m.maxImports > 0 {
		return catalog.ErrTooManyImports
	}
	if m.imports == nil {
		m.imports = map[uuid.UUID]*memoryImport{}
	}
	m.imports[r.ID] = &memoryImport{request: r, Import: catalog.Import{ID: r.ID, DryRun: r.DryRun}}
	return nil
}

func (m *memoryStore) AppendImport(ctx context.Context, id uuid.UUID, offset int64, part []byte) error {
	leave, err := m.enter(ctx, "AppendImport")
	if err != nil {
		return err
	}
	defer leave()
	i := m.imports[id]
	if int64(len(i.feed)) != offset {
		return catalog.Invalid("", "a part is missing")
	}
	i.feed = append(i.feed, part...)
	return nil
}

func (m *memoryStore) SubmitImport(ctx context.Context, id uuid.UUID, size int64, key *catalog.IdempotencyKey) (catalog.Import, bool, error) {
	leave, err := m.enter(ctx, "SubmitImport")
	if err != nil {
		return catalog.Import{}, false, err
	}
	defer leave()
	if key != nil {
		if first, ok := m.keys[key.Key]; ok && first.request != key.Request {
			return catalog.Import{}, false, catalog.ErrKeyReused
		} else if ok {
			delete(m.imports, id)
			return m.imports[first.ID].Import, true, nil
		}
		if m.keys == nil {
			m.keys = map[string]keptAnswer{}
		}
		m.keys[key.Key] = keptAnswer{key.Request, catalog.Document{ID: id}}
	}
	i := m.imports[id]
	i.State, i.Size = catalog.ImportRunning, size
	return i.Import, false, nil
}

func (m *memoryStore) AbandonImport(ctx context.Context, id uuid.UUID) error {
	leave, err := m.enter(ctx, "AbandonImport")
	if err != nil {
		return err
	}
	defer leave()
	if i := m.imports[id]; i != nil && i.State == "" {
		delete(m.imports, id)
	}
	return nil
}

func (m *memoryStore) Import(ctx context.Context, id uuid.UUID) (catalog.Import, error) {
	leave, err := m.enter(ctx, "Import")
	if err != nil {
		return catalog.Import{}, err
	}
	defer leave()
	i, ok := m.imports[id]
	if !ok || i.State == "" {
		return catalog.Import{}, catalog.ErrNotFound
	}
	return i.Import, nil
}

func (m *memoryStore) ImportErrors(ctx context.Context, id uuid.UUID, after int64, limit int) ([]catalog.ImportError, error) {
	leave, err := m.enter(ctx, "ImportErrors")
	if err != nil {
		return nil, err
	}
	defer leave()
	var found []catalog.ImportError
	for _, e := range m.imports[id].errors {
		if e.Line > after && len(found) < limit {
			found = append(found, e)
		}
	}
	return found, nil
}

func (m *memoryStore) CancelImport(ctx context.Context, id uuid.UUID) (catalog.Import, error) {
	leave, err := m.enter(ctx, "CancelImport")
	if err != nil {
		return catalog.Import{}, err
	}
	defer leave()
	i, ok := m.imports[id]
	switch {
	case !ok || i.State == "":
		return catalog.Import{}, catalog.ErrNotFound
	case i.State == catalog.ImportRunning:
		i.State = catalog.ImportCancelled
	case i.State != catalog.ImportCancelled:
		return i.Import, catalog.ErrImportEnded
	}
	return i.Import, nil
}

func (m *memoryStore) ClaimImport(context.Context) (catalog.ImportJob, error) { return nil, nil }

func (m *memoryStore) CleanUp(context.Context) error { return nil }

// Export gives every product, and then what the store fails with.
func (m *memoryStore) Export(ctx context.Context, give func([]byte) error) error {
	m.mu.Lock()
	products := m.products
	m.mu.Unlock()
	if m.before != nil && len(products) == 0 {
		return m.before(ctx, "Export")
	}
	for _, p := range products {
		d, err := p.Document()
		if err != nil {
			return err
		}
		if err := give(d.JSON); err != nil {
			return err
		}
	}
	if m.before != nil {
		return m.before(ctx, "Export")
	}
	return nil
}
