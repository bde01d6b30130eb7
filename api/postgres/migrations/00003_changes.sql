-- What safe writes need: idempotency keys, and word of every change.

-- +goose Up
-- A request's key with what was answered to it, stored with what it wrote.
CREATE TABLE idempotency_key (
    key        text PRIMARY KEY,
    request    bytea NOT NULL,       -- a hash of what was asked for
    product_id uuid NOT NULL,        -- what was answered: this product
    version    bigint NOT NULL,
    document   bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idempotency_key_created ON idempotency_key (created_at);

-- Whoever writes, tasks with a cache hear of it when the transaction commits:
-- the ids of the products that changed, with commas between them; '' when only
-- lists and categories did; '*' when more changed than a message holds.
-- +goose StatementBegin
CREATE FUNCTION catalog_notify() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids text[];
BEGIN
    SELECT array_agg(id) INTO ids FROM (SELECT id FROM changed LIMIT 101) AS first_ones;
    IF ids IS NOT NULL THEN
        PERFORM pg_notify('catalog', CASE WHEN cardinality(ids) > 100 THEN '*' ELSE array_to_string(ids, ',') END);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION catalog_notify_lists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('catalog', CASE TG_OP || ' ' || TG_TABLE_NAME WHEN 'TRUNCATE product' THEN '*' ELSE '' END);
    RETURN NULL;
END $$;
-- +goose StatementEnd
-- Nobody can have read a new product: its id is of no interest.
CREATE TRIGGER product_inserted AFTER INSERT OR TRUNCATE ON product
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_notify_lists();
CREATE TRIGGER product_updated AFTER UPDATE ON product REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_notify();
CREATE TRIGGER product_deleted AFTER DELETE ON product REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_notify();
CREATE TRIGGER category_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON category
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_notify_lists();

-- +goose Down
DROP TRIGGER category_changed ON category;
DROP TRIGGER product_deleted ON product;
DROP TRIGGER product_updated ON product;
DROP TRIGGER product_inserted ON product;
DROP FUNCTION catalog_notify_lists, catalog_notify;
DROP TABLE idempotency_key;
