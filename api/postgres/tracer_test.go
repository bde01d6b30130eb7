package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

// traced runs something below a request's span and answers the spans that it
// made, which must all be that span's children.
func traced(t *testing.T, do func(ctx context.Context)) []sdktrace.ReadOnlySpan {
	t.Helper()
	recorder := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder), sdktrace.WithSampler(sdktrace.AlwaysSample()))
	ctx, request := provider.Tracer("test").Start(t.Context(), "GET /")
	do(ctx)
	spans := recorder.Ended() // the request's own is not among them
	if started := recorder.Started(); len(started) != len(spans)+1 {
		t.Errorf("%d spans were started and %d ended", len(started)-1, len(spans))
	}
	for _, s := range spans {
		if s.Parent().SpanID() != request.SpanContext().SpanID() || s.SpanKind() != trace.SpanKindClient {
			t.Errorf("%s is a %v below %s", s.Name(), s.SpanKind(), s.Parent().SpanID())
		}
	}
	return spans
}

func names(spans []sdktrace.ReadOnlySpan) (all []string) {
	for _, s := range spans {
		all = append(all, s.Name())
	}
	return all
}

func attributeOf(s sdktrace.ReadOnlySpan, key string) string {
	for _, a := range s.Attributes() {
		if a.Key == attribute.Key(key) {
			return a.Value.String()
		}
	}
	return ""
}

// TestO2_EveryStatementIsASpan of the request that asked, named by what it
// does to which table.
func TestO2_EveryStatementIsASpan(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	spans := traced(t, func(ctx context.Context) {
		if _, err := s.PutCategory(ctx, "kitchen", catalog.CategoryInput{Name: "Kitchen"}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Categories(ctx); err != nil {
			t.Fatal(err)
		}
	})
	if want := []string{"BEGIN", "LOCK category", "INSERT category", "COMMIT", "SELECT category"}; !slices.Equal(names(spans), want) {
		t.Fatalf("the statements are %q, want %q", names(spans), want)
	}
	last := spans[len(spans)-1]
	for key, want := range map[string]string{
		"db.system.name": "postgresql", "db.system": "postgresql", "db.operation.name": "SELECT", "db.query.summary": "SELECT category",
		"server.port": fmt.Sprint(server.Port()), "db.response.returned_rows": "1",
	} {
		if got := attributeOf(last, key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if database := attributeOf(last, "db.namespace"); !strings.HasPrefix(database, "test_") || attributeOf(last, "db.name") != database {
		t.Errorf("the database is %q", database)
	}
}

// TestO2_SpansHoldNoValueAndNoSecret, where statements fail too.
func TestO2_SpansHoldNoValueAndNoSecret(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	spans := traced(t, func(ctx context.Context) {
		parent := "Kundengeheimnis"
		if _, err := s.PutCategory(ctx, "kitchen", catalog.CategoryInput{Name: "Kundengeheimnis", ParentID: &parent}); err == nil {
			t.Error("the parent is taken")
		}
		if _, err := s.Category(ctx, "Kundengeheimnis"); !errors.Is(err, catalog.ErrNotFound) {
			t.Error(err)
		}
	})
	for _, span := range spans {
		if text := fmt.Sprint(span.Name(), span.Attributes(), span.Events(), span.Status()); strings.Contains(text, "Kundengeheimnis") ||
			strings.Contains(text, password) || strings.Contains(text, username) {
			t.Errorf("%s", text)
		}
	}
	if len(spans) < 4 {
		t.Errorf("only %q", names(spans))
	}
}

// TestO2_FailedStatementSaysWhy by its code, not by its message.
func TestO2_FailedStatementSaysWhy(t *testing.T) {
	t.Parallel()
	c := connectTraced(t)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	spans := traced(t, func(ctx context.Context) {
		c.Exec(ctx, "SELECT 'value'::integer FROM pg_class")
		late, cancel := context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
		c.Exec(late, "SELECT pg_sleep(10)")
		connectTraced(t).Exec(trace.ContextWithSpan(cancelled, trace.SpanFromContext(ctx)), "SELECT 1")
	})
	if len(spans) != 3 {
		t.Fatalf("%q", names(spans))
	}
	for i, want := range []string{"22P02", "timeout", "cancelled"} {
		if got := attributeOf(spans[i], "error.type"); got != want || spans[i].Status().Code != codes.Error || spans[i].Status().Description != "" {
			t.Errorf("%s failed with %q, %+v; want %q", spans[i].Name(), got, spans[i].Status(), want)
		}
	}
	if code := attributeOf(spans[0], "db.response.status_code"); code != "22P02" {
		t.Errorf("the code is %q", code)
	}
}

// connectTraced is a connection with the store's tracer and nothing else of it.
func connectTraced(t *testing.T) *pgx.Conn {
	t.Helper()
	plain, err := connect(t.Context(), shared)
	if err != nil {
		t.Fatal(err)
	}
	config := plain.Config()
	plain.Close(t.Context())
	config.Tracer = postgres.TracerOf(optionsFor(shared))
	c, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

// TestO2_BatchAndCopyAreOneSpanEach, however much they carry.
func TestO2_BatchAndCopyAreOneSpanEach(t *testing.T) {
	t.Parallel()
	c := connectTraced(t)
	if _, err := c.Exec(t.Context(), "CREATE TEMPORARY TABLE feed (line integer PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	spans := traced(t, func(ctx context.Context) {
		var batch pgx.Batch
		for line := range 3 {
			batch.Queue("INSERT INTO feed VALUES ($1)", line)
		}
		if err := c.SendBatch(ctx, &batch).Close(); err != nil {
			t.Error(err)
		}
		if n, err := c.CopyFrom(ctx, pgx.Identifier{"feed"}, []string{"line"}, pgx.CopyFromRows([][]any{{10}, {11}})); err != nil || n != 2 {
			t.Error(n, err)
		}
		if err := c.SendBatch(ctx, &batch).Close(); err == nil {
			t.Error("the lines are taken twice")
		}
		if _, err := c.CopyFrom(ctx, pgx.Identifier{"feed"}, []string{"line"}, pgx.CopyFromRows([][]any{{10}})); err == nil {
			t.Error("the line is taken twice")
		}
	})
	// To copy, pgx first asks for the columns' types: that is no statement of ours.
	if want := []string{"BATCH INSERT feed", "COPY feed", "BATCH INSERT feed", "COPY feed"}; !slices.Equal(names(spans), want) {
		t.Fatalf("the spans are %q, want %q", names(spans), want)
	}
	if size := attributeOf(spans[0], "db.operation.batch.size"); size != "3" || spans[0].Status().Code == codes.Error {
		t.Errorf("the batch has %s statements and the status %v", size, spans[0].Status())
	}
	for _, failed := range spans[2:] {
		if code := attributeOf(failed, "error.type"); code != "23505" {
			t.Errorf("%s failed with %q", failed.Name(), code)
		}
	}
}

// TestO2_StatementOfNoTracedRequestIsNoSpan and costs no allocation.
func TestO2_StatementOfNoTracedRequestIsNoSpan(t *testing.T) { // alone, or it would count others' allocations
	recorder := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder), sdktrace.WithSampler(sdktrace.NeverSample()))
	unsampled, _ := provider.Tracer("test").Start(t.Context(), "GET /")
	s := open(t, optionsFor(shared))
	for _, ctx := range []context.Context{t.Context(), unsampled} {
		if _, err := s.Categories(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if spans := recorder.Started(); len(spans) != 0 {
		t.Errorf("%d spans", len(spans))
	}
	tracer := postgres.TracerOf(optionsFor(shared))
	if n := testing.AllocsPerRun(100, func() { statement(tracer, unsampled) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// statement is what pgx tells a tracer of one.
func statement(tracer pgx.QueryTracer, ctx context.Context) {
	ctx = tracer.TraceQueryStart(ctx, nil, pgx.TraceQueryStartData{SQL: "SELECT id FROM product"})
	tracer.TraceQueryEnd(ctx, nil, pgx.TraceQueryEndData{})
}

func BenchmarkStatement(b *testing.B) {
	tracer := postgres.TracerOf(optionsFor(shared))
	for name, sampler := range map[string]sdktrace.Sampler{"unsampled": sdktrace.NeverSample(), "sampled": sdktrace.AlwaysSample()} {
		ctx, _ := sdktrace.NewTracerProvider(sdktrace.WithSampler(sampler)).Tracer("test").Start(b.Context(), "GET /")
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				statement(tracer, ctx)
			}
		})
	}
}

// TestO5_PoolSaysHowItIsUsed for the metrics.
func TestO5_PoolSaysHowItIsUsed(t *testing.T) {
	t.Parallel()
	s := open(t, optionsFor(shared))
	if use := s.Usage(); use != (postgres.Usage{}) {
		t.Errorf("an idle store is used: %+v", use)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if use := s.Usage(); use.InUse != 0 || use.Idle != 1 || use.Waits != 1 {
		t.Errorf("after its first statement: %+v", use)
	}
}

func TestO2_StatementsAreNamedByWhatTheyDo(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]string{
		"SELECT 1":                            "SELECT",
		"select id\n\tFROM product p WHERE x": "SELECT product",
		"SELECT count(*), (SELECT 1 FROM category) FROM product":                                             "SELECT product",
		"SELECT * FROM (SELECT 1 FROM category) s":                                                           "SELECT",
		"SELECT * FROM unnest($1::text[]) AS id":                                                             "SELECT unnest",
		"SELECT ' FROM secret' AS x FROM product":                                                            "SELECT product",
		"WITH RECURSIVE up AS (SELECT 1 FROM category), b AS MATERIALIZED (SELECT 2) SELECT id FROM product": "SELECT product",
		"WITH a AS (SELECT 1) INSERT INTO product SELECT * FROM a":                                           "INSERT product",
		"WITH": "WITH",
		"INSERT INTO product (id) VALUES ($1) ON CONFLICT DO UPDATE SET id = 1": "INSERT product",
		`UPDATE ONLY "public"."product" SET a = (SELECT 1 FROM b)`:              "UPDATE public.product",
		"DELETE FROM ONLY product;":                                             "DELETE product",
		"LOCK TABLE category IN SHARE MODE":                                     "LOCK category",
		"TRUNCATE TABLE product, category":                                      "TRUNCATE product",
		"-- find it\n/* FROM secret */ SELECT a FROM\tproduct,category":         "SELECT product",
		"begin":                              "BEGIN",
		"commit;":                            "COMMIT",
		"ROLLBACK TO SAVEPOINT x":            "ROLLBACK",
		"SET LOCAL statement_timeout = '1s'": "SET",
		"":                                   "",
		"-- nothing":                         "",
		"SELECT FROM":                        "SELECT",
		"list_products":                      "LIST_PRODUCTS",
		"SELECT a FROM " + strings.Repeat("x", 100): "SELECT " + strings.Repeat("x", 64),
	} {
		operation, table := postgres.Summary(sql)
		if got := strings.TrimSpace(operation + " " + table); got != want {
			t.Errorf("%q is called %q, want %q", sql, got, want)
		}
	}
}

// FuzzSummary: whatever the statement, the name is short and has no literal.
func FuzzSummary(f *testing.F) {
	for _, seed := range []string{"SELECT a FROM b", "WITH x AS (SELECT 1) SELECT", "'", "/*", "((", "--", "SELECT 'a'' FROM b' FROM c", "FROM FROM"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		operation, table := postgres.Summary(sql)
		if len(operation) > 64 || len(table) > 64 || strings.ContainsAny(operation+table, "' \n") {
			t.Errorf("%q is called %q %q", sql, operation, table)
		}
	})
}
