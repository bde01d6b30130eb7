package postgres_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

// newFirstVersion makes a database as the first version's Migrate left it.
func newFirstVersion(t *testing.T) (postgres.Options, *pgx.Conn) {
	t.Helper()
	o := newDatabase(t)
	c := raw(t, o)
	db := stdlib.OpenDB(*c.Config())
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, os.DirFS("migrations"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	return o, c
}

// earlierRows are written as SQL, so that nothing of today's program has a say
// in what was there before.
const earlierRows = `
	INSERT INTO category (id, name) VALUES ('кухня', 'Кухня');
	INSERT INTO product (id, sku, gtin, name, description, brand, category_id, attributes, images,
		price_amount, price_currency, stock, status, version, created_at, updated_at) VALUES
	('00000000-0000-7000-8000-000000000001', 'bare', NULL, 'Pane', '', NULL, NULL, '{}', '[]',
		NULL, NULL, 0, 'draft', 1, '2024-02-29 23:59:59.999999Z', '2024-03-01 00:00:00Z'),
	('00000000-0000-7000-8000-000000000002', 'ЧАЙ-1', '4006381333931', 'Чайник «Ёлка» "1,7 л"', E'It''s \\ steel\nand\tpans', 'O''Brien "Зубр"', 'кухня',
		'{"цвет": "красный", "a\"b\\": "<&>", "empty": ""}', '["https://img.example/2.jpg?a=b&c=d", "https://img.example/чайник.jpg"]',
		1999.90, 'AUD', 7, 'active', 42, '2024-03-01 12:34:56.1+10:30', '2025-12-31 23:59:59.000001-05'),
	('00000000-0000-7000-8000-000000000003', 'yen', NULL, 'Pans', 'No decimals', '', NULL, '{"k": "v"}', '[]',
		1500, 'JPY', 2147483647, 'archived', 9007199254740993, '2024-03-01Z', '2024-03-01Z')`

// columnsOf reads a product from everything but its document.
func columnsOf(t *testing.T, c *pgx.Conn, id uuid.UUID) catalog.Product {
	t.Helper()
	p := catalog.Product{ID: id}
	var amount, currency *string
	err := c.QueryRow(t.Context(), `SELECT sku, gtin, name, description, brand, category_id, attributes, images,
			price_amount::text, price_currency, stock, status, version, created_at, updated_at FROM product WHERE id = $1`, id.String()).
		Scan(&p.SKU, &p.GTIN, &p.Name, &p.Description, &p.Brand, &p.Category, &p.Attributes, &p.Images,
			&amount, &currency, &p.Stock, &p.Status, &p.Version, &p.CreatedAt, &p.UpdatedAt)
	if err != nil {
		t.Fatal(err)
	}
	if amount != nil {
		p.Price = &catalog.Money{Amount: *amount, Currency: *currency}
	}
	p.CreatedAt, p.UpdatedAt = p.CreatedAt.UTC(), p.UpdatedAt.UTC()
	return p
}

// TestUpgradeFromTheFirstVersion by the command that a deployment runs: only
// what is new is applied, and the documents say what the columns say.
func TestUpgradeFromTheFirstVersion(t *testing.T) {
	t.Parallel()
	o, c := newFirstVersion(t)
	exec(t, c, earlierRows)
	// An operator may have given the database a time zone.
	exec(t, c, "ALTER DATABASE "+o.Database+" SET timezone = 'Australia/Adelaide'")
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	var log lines
	if err := migrate(t.Context(), o, &log); err != nil {
		t.Fatal(err)
	}
	if got, want := log.count("migration applied"), len(files)-1; got != want {
		t.Errorf("%d versions applied, want %d:\n%s", got, want, &log.text)
	}

	s := open(t, o)
	ids := make([]uuid.UUID, 3)
	for i := range ids {
		ids[i] = uuid.MustParse("00000000-0000-7000-8000-00000000000" + string(rune('1'+i)))
		d, err := s.Product(t.Context(), ids[i])
		if err != nil {
			t.Fatal(err)
		}
		if got, want := product(t, d), columnsOf(t, c, ids[i]); d.Version != want.Version || !reflect.DeepEqual(got, want) {
			t.Errorf("version %d of the document is\n%+v\nand the columns are\n%+v", d.Version, got, want)
		}
	}
	full, err := read(t, s, ids[1])
	if err != nil || *full.Price != (catalog.Money{Amount: "1999.90", Currency: "AUD"}) ||
		!full.CreatedAt.Equal(time.Date(2024, 3, 1, 2, 4, 56, 100_000_000, time.UTC)) {
		t.Errorf("costs %v since %v, %v", full.Price, full.CreatedAt, err)
	}
	if yen, err := read(t, s, ids[2]); err != nil || *yen.Price != (catalog.Money{Amount: "1500", Currency: "JPY"}) {
		t.Errorf("costs %v, %v", yen.Price, err)
	}

	// "pano" is as near to "pane" as to "pans", which more products have.
	for text, want := range map[string]string{"елка": "", "зубр": "", "steel": "", "чайнк": "чайник", "pano": "pans"} {
		if got, corrected := find(t, s, text); len(got) == 0 || corrected != want {
			t.Errorf("%q finds %q as %q, want %q", text, got, corrected, want)
		}
	}
	// What was there before can be changed like what is new.
	if _, err := s.UpdateProduct(t.Context(), ids[1], edit(func(in *catalog.ProductInput) { in.Name = "Samovar" })); err != nil {
		t.Fatal(err)
	}
	if got, _ := find(t, s, "samovar"); len(got) != 1 || got[0] != full.SKU {
		t.Errorf("after a change: %q", got)
	}
}

// TestUpgradeOfAnEmptyFirstVersion has nothing to convert.
func TestUpgradeOfAnEmptyFirstVersion(t *testing.T) {
	t.Parallel()
	o, _ := newFirstVersion(t)
	var log lines
	if err := migrate(t.Context(), o, &log); err != nil {
		t.Fatal(err)
	}
	create(t, open(t, o), "A-1", nil)
}
