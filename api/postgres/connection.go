package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// connect makes a connection beside the pool's, for what holds one for long.
func (s *Store) connect(ctx context.Context, change func(*pgx.ConnConfig)) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	config := s.pool.Config().ConnConfig // a copy
	change(config)
	return pgx.ConnectConfig(ctx, config)
}

// hangUpTimeout is how long the server is given to hear that a connection ends.
const hangUpTimeout = time.Second

// hangUp ends a connection, whatever has ended before.
func hangUp(c *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), hangUpTimeout)
	defer cancel()
	c.Close(ctx)
}
