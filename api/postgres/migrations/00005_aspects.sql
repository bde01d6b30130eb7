-- Word of an update says what it changed: a new stock or price leaves most lists
-- as they are, and those who keep them need not forget them.

-- +goose Up
-- Behind the ids stands '=' with letters of what changed in any of them: 'l' what
-- decides which lists a product is in, 'p' its price, 's' whether it is in stock.
-- A task that does not know of that takes it for one more id, which nobody has.
-- +goose StatementBegin
CREATE FUNCTION catalog_notify_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids text[];
    aspects text;
BEGIN
    SELECT array_agg(id) INTO ids FROM (SELECT id FROM changed LIMIT 101) AS first_ones;
    IF ids IS NULL THEN
        RETURN NULL;
    END IF;
    IF cardinality(ids) > 100 THEN
        PERFORM pg_notify('catalog', '*');
        RETURN NULL;
    END IF;
    SELECT concat(
            CASE WHEN bool_or((n.sku, n.gtin, n.name, n.description, n.brand, n.category_id, n.attributes)
                IS DISTINCT FROM (o.sku, o.gtin, o.name, o.description, o.brand, o.category_id, o.attributes)) THEN 'l' END,
            CASE WHEN bool_or((n.price_amount, n.price_currency) IS DISTINCT FROM (o.price_amount, o.price_currency)) THEN 'p' END,
            CASE WHEN bool_or((n.stock > 0) IS DISTINCT FROM (o.stock > 0)) THEN 's' END)
        INTO aspects FROM changed n LEFT JOIN before o USING (id);
    PERFORM pg_notify('catalog', array_to_string(ids, ',') || ',=' || aspects);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE OR REPLACE TRIGGER product_updated AFTER UPDATE ON product REFERENCING OLD TABLE AS before NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_notify_update();

-- +goose Down
CREATE OR REPLACE TRIGGER product_updated AFTER UPDATE ON product REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_notify();
DROP FUNCTION catalog_notify_update;
