package postgres

import (
	"github.com/jackc/pgx/v5"

	"catalog/api/catalog"
)

// TracerOf gives the tests a connection of their own with the store's tracer.
func TracerOf(o Options) pgx.QueryTracer { return newTracer(o) }

// Summary is what a statement's span is called by.
func Summary(sql string) (operation, table string) { return summary(sql) }

// StatementOf is how a page is asked for.
func StatementOf(q catalog.Query) (string, []any) {
	var b sql
	b.list(q)
	return b.text.String(), b.args
}
