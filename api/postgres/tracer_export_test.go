package postgres

import "github.com/jackc/pgx/v5"

// TracerOf gives the tests a connection of their own with the store's tracer.
func TracerOf(o Options) pgx.QueryTracer { return newTracer(o) }

// Summary is what a statement's span is called by.
func Summary(sql string) (operation, table string) { return summary(sql) }
