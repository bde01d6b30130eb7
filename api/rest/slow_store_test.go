package rest_test

import (
	"context"
	"sync"

	"github.com/google/uuid"

	"catalog/api/catalog"
)

// slowStore answers a read, as of when it was asked, when it is let.
type slowStore struct {
	*memoryStore
	mu      sync.Mutex
	waiting []*slowRead
}

// slowRead is a read that waits to be answered.
type slowRead struct {
	ctx    context.Context
	answer chan error
}

// hold keeps a read back until it is let go.
func (s *slowStore) hold(ctx context.Context) error {
	r := &slowRead{ctx, make(chan error)}
	s.mu.Lock()
	s.waiting = append(s.waiting, r)
	s.mu.Unlock()
	return <-r.answer
}

// reads are those that were asked until now, in their order.
func (s *slowStore) reads() []*slowRead {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiting
}

func (s *slowStore) Product(ctx context.Context, id uuid.UUID) (catalog.Document, error) {
	d, err := s.memoryStore.Product(ctx, id)
	if held := s.hold(ctx); held != nil {
		return catalog.Document{}, held
	}
	return d, err
}

func (s *slowStore) Products(ctx context.Context, q catalog.Query) (catalog.Page, error) {
	page, err := s.memoryStore.Products(ctx, q)
	if held := s.hold(ctx); held != nil {
		return catalog.Page{}, held
	}
	return page, err
}
