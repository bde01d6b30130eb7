package postgres_test

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"catalog/api/catalog"
)

// section is the up or down part of a migration's file.
func section(t *testing.T, file string, down bool) string {
	t.Helper()
	text, err := os.ReadFile("migrations/" + file)
	if err != nil {
		t.Fatal(err)
	}
	up, back, ok := strings.Cut(string(text), "-- +goose Down")
	if !ok {
		t.Fatalf("%s has no way back", file)
	}
	if down {
		return back
	}
	return up
}

const insertEarlier = `INSERT INTO product (id, sku, gtin, name, description, brand, category_id, attributes, images,
		price_amount, price_currency, stock, status, version, created_at, updated_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`

// storeEarlier writes a product as the first version of the service did.
func storeEarlier(t *testing.T, c *pgx.Conn, p catalog.Product) {
	t.Helper()
	var amount, currency *string
	if p.Price != nil {
		amount, currency = &p.Price.Amount, &p.Price.Currency
	}
	exec(t, c, insertEarlier, p.ID.String(), p.SKU, p.GTIN, p.Name, p.Description, p.Brand, p.Category, p.Attributes, p.Images,
		amount, currency, p.Stock, p.Status, p.Version, p.CreatedAt, p.UpdatedAt)
}

// TestProductsOfTheFirstSchemaComeAlong: their documents are what the service
// would write, they are listed and found, and can be changed.
func TestProductsOfTheFirstSchemaComeAlong(t *testing.T) {
	t.Parallel()
	o := newDatabase(t)
	c := raw(t, o)
	exec(t, c, section(t, "00001_catalog.sql", false))
	exec(t, c, "INSERT INTO category (id, name) VALUES ('кухня', 'Кухня')")
	var products []catalog.Product
	for _, in := range []catalog.ProductInput{
		{SKU: "bare", Name: "Bare kettle"},
		{
			SKU: "full", GTIN: ptr("4006381333931"), Name: "Чайник «Ёлка» \"1,7 л\" <b>&amp;", Description: "Line\nline\ttab \\ \u2028 🫖",
			Brand: ptr("Зубр"), Category: ptr("кухня"), Attributes: map[string]string{"a\"b\\": "", "цвет": "красный", "<&>": "\u2029"},
			Images: []string{"https://img.example/1.jpg?a=b&c=d", "https://img.example/чайник.jpg"},
			Price:  &catalog.Money{Amount: "1999.9", Currency: "AUD"}, Stock: 7, Status: catalog.StatusDraft,
		},
		{SKU: "yen", Name: "No decimals", Price: &catalog.Money{Amount: "1500", Currency: "JPY"}, Status: catalog.StatusArchived},
		{SKU: "free", Name: "Costs nothing", Price: &catalog.Money{Amount: "0", Currency: "AUD"}},
	} {
		p := newProduct(t, in)
		p.CreatedAt = time.Date(2024, 2, 29, 23, 59, 59, 120_000_000, time.UTC) // a fraction that ends in zeros
		products = append(products, p)
		storeEarlier(t, c, p)
	}
	products[0].UpdatedAt = time.Date(2024, 12, 31, 0, 0, 0, 0, time.UTC) // none at all
	exec(t, c, "UPDATE product SET updated_at = $1 WHERE sku = 'bare'", products[0].UpdatedAt)
	exec(t, c, "SET timezone = 'Australia/Adelaide'") // whatever the session's is
	for _, file := range []string{"00002_search.sql", "00003_changes.sql", "00004_imports.sql", "00005_aspects.sql"} {
		exec(t, c, section(t, file, false))
	}

	s := open(t, o)
	for _, want := range products {
		d, err := s.Product(t.Context(), want.ID)
		if err != nil {
			t.Fatal(err)
		}
		wanted, err := want.Document()
		if err != nil {
			t.Fatal(err)
		}
		if got := product(t, d); d.Version != want.Version || !reflect.DeepEqual(got, want) {
			t.Errorf("it is read as %+v\nwas         %+v", got, want)
		}
		if got, want := members(t, d.JSON), members(t, wanted.JSON); !reflect.DeepEqual(got, want) {
			t.Errorf("its document has the members %q, want %q", got, want)
		}
	}
	for text, sku := range map[string]string{"kettles": "bare", "елка": "full", "чайнк": "full", "4006381333931": "full"} {
		if got, _ := find(t, s, text); len(got) != 1 || got[0] != sku {
			t.Errorf("%q finds %q, want %s", text, got, sku)
		}
	}
	if _, err := s.UpdateProduct(t.Context(), products[1].ID, edit(func(in *catalog.ProductInput) { in.Stock++ })); err != nil {
		t.Error(err)
	}
}

// members are a document's members in their order: fields are picked from
// documents without reading them whole.
func members(t *testing.T, document []byte) (names []string) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(string(document)))
	if _, err := decoder.Token(); err != nil {
		t.Fatal(err)
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name.(string))
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// TestSchemaCanGoBack to the first one, with the products in it, and forward
// again.
func TestSchemaCanGoBack(t *testing.T) {
	t.Parallel()
	o := copyOf(t, template)
	s := open(t, o)
	p := create(t, s, "A-1", func(in *catalog.ProductInput) { in.Name = "Kettle" })
	if _, _, err := s.CreateProduct(t.Context(), newProduct(t, catalog.ProductInput{SKU: "A-2", Name: "Teapot"}), key("k", "r")); err != nil {
		t.Fatal(err)
	}
	s.Close()
	c := raw(t, o)
	later := []string{"00002_search.sql", "00003_changes.sql", "00004_imports.sql", "00005_aspects.sql"}
	for i := range later {
		exec(t, c, section(t, later[len(later)-1-i], true))
	}
	var left []string
	err := c.QueryRow(t.Context(), `SELECT array_agg(name ORDER BY name) FROM (
			SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
			UNION ALL SELECT proname || '()' FROM pg_proc WHERE proname LIKE 'catalog%'
			UNION ALL SELECT cfgname || ' configuration' FROM pg_ts_config WHERE cfgname LIKE 'catalog%'
			UNION ALL SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal
			UNION ALL SELECT attname::text FROM pg_attribute WHERE attrelid = 'product'::regclass AND attname IN ('search', 'document')
		) AS left_over (name)`).Scan(&left)
	if want := []string{"category", "goose_db_version", "product"}; err != nil || !reflect.DeepEqual(left, want) {
		t.Errorf("what is left is %q, %v", left, err)
	}
	storeEarlier(t, c, newProduct(t, catalog.ProductInput{SKU: "A-3", Name: "Stored by the first version"}))
	for _, file := range later {
		exec(t, c, section(t, file, false))
	}
	s = open(t, o)
	if got, err := read(t, s, p.ID); err != nil || !reflect.DeepEqual(got, p) {
		t.Errorf("read %+v, %v\nwas  %+v", got, err, p)
	}
	if n := times(t, s); n != 3 {
		t.Errorf("%d products", n)
	}
	if _, err := s.Product(t.Context(), uuid.New()); err == nil {
		t.Error("a product that nobody made")
	}
}
