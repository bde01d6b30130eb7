package postgres

// Usage is how a store's connections are used.
type Usage struct {
	InUse, Idle int
	// Waits counts, since the store was opened, how often a statement found no
	// idle connection and waited for one, or for a new one to be made.
	Waits int64
}

// Usage answers at once, and asks no server.
func (s *Store) Usage() Usage {
	stat := s.pool.Stat()
	return Usage{InUse: int(stat.AcquiredConns()), Idle: int(stat.IdleConns()), Waits: stat.EmptyAcquireCount()}
}
