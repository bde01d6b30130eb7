-- The first form of the catalog: a tree of categories and the products in it.

-- +goose Up
CREATE TABLE category (
    id         text PRIMARY KEY,
    name       text NOT NULL,
    parent_id  text REFERENCES category (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX category_parent ON category (parent_id);

CREATE TABLE product (
    id             uuid PRIMARY KEY,
    sku            text NOT NULL CONSTRAINT product_sku_key UNIQUE,
    gtin           text,
    name           text NOT NULL,
    description    text NOT NULL,
    brand          text,
    category_id    text CONSTRAINT product_category_fkey REFERENCES category (id),
    attributes     jsonb NOT NULL,
    images         jsonb NOT NULL,
    price_amount   numeric CHECK (price_amount >= 0),
    price_currency text,
    stock          integer NOT NULL CHECK (stock >= 0),
    status         text NOT NULL CHECK (status IN ('active', 'draft', 'archived')),
    version        bigint NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    CHECK ((price_amount IS NULL) = (price_currency IS NULL))
);
-- A page of a category's products in the order of their ids.
CREATE INDEX product_category ON product (category_id, id);

-- +goose Down
DROP TABLE product;
DROP TABLE category;
