-- Full-text search, sorted lists, and the JSON of a product kept beside it.

-- +goose Up
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Latin words are stemmed as English, others as Russian. Without stop words:
-- "The Who" and "и" are names too.
CREATE TEXT SEARCH DICTIONARY catalog_english (TEMPLATE = snowball, LANGUAGE = english);
CREATE TEXT SEARCH DICTIONARY catalog_russian (TEMPLATE = snowball, LANGUAGE = russian);
CREATE TEXT SEARCH CONFIGURATION catalog (COPY = russian);
ALTER TEXT SEARCH CONFIGURATION catalog ALTER MAPPING REPLACE english_stem WITH catalog_english;
ALTER TEXT SEARCH CONFIGURATION catalog ALTER MAPPING REPLACE russian_stem WITH catalog_russian;

-- Without accents, and with blanks for the punctuation in which the parser
-- would see a path, a host, an address, a tag or a sign. Its dictionary is
-- fixed, so it is immutable although unaccent itself is not; PL/pgSQL, because
-- PostgreSQL does not inline such a function in SQL and then takes ten times as
-- long for it, which is half the cost of an import.
-- +goose StatementBegin
CREATE FUNCTION catalog_fold(words text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN regexp_replace(public.unaccent('public.unaccent'::regdictionary, words), '[-./\\_@&<>+:~%#=?''’ʼ]', ' ', 'g');
END $$;
-- +goose StatementEnd

-- Names weigh most, then brands, then descriptions.
-- +goose StatementBegin
CREATE FUNCTION catalog_search(name text, brand text, description text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN setweight(to_tsvector('public.catalog'::regconfig, catalog_fold(name)), 'A')
        || setweight(to_tsvector('public.catalog'::regconfig, catalog_fold(coalesce(brand, ''))), 'B')
        || setweight(to_tsvector('public.catalog'::regconfig, catalog_fold(description)), 'D');
-- +goose StatementEnd

ALTER TABLE product
    ADD search tsvector GENERATED ALWAYS AS (catalog_search(name, brand, description)) STORED,
    -- The answer's bytes, written once per version.
    ADD document bytea;
UPDATE product SET document = convert_to(json_build_object(
    'id', id, 'sku', sku, 'gtin', gtin, 'name', name, 'description', description, 'brand', brand,
    'category', category_id, 'attributes', attributes, 'images', images,
    'price', CASE WHEN price_amount IS NOT NULL
        THEN json_build_object('amount', price_amount::text, 'currency', price_currency) END,
    'stock', stock, 'status', status, 'version', version,
    'created_at', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'updated_at', to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text, 'UTF8');
ALTER TABLE product ALTER document SET NOT NULL;

-- The pending list lets an import add its words in large sorted lots; it is
-- short enough that a search does not feel it.
CREATE INDEX product_search ON product USING gin (search) WITH (gin_pending_list_limit = 4096);
CREATE INDEX product_gtin ON product (gtin);
CREATE INDEX product_brand ON product (brand, id);
CREATE INDEX product_attributes ON product USING gin (attributes jsonb_path_ops);
-- One for each order of a list; the id breaks ties.
CREATE INDEX product_by_name ON product (lower(name) COLLATE "C", id);
CREATE INDEX product_by_price ON product (coalesce(price_amount, -1) DESC, id DESC);
CREATE INDEX product_by_change ON product (updated_at DESC, id DESC);

-- The ids of a category and all below it. It reads a table and is called
-- immutable all the same: so it is done when a statement is planned, which knows
-- then how many products it is about. Only a statement that is planned each
-- time may use it.
-- +goose StatementBegin
CREATE FUNCTION catalog_subtree(root text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN ARRAY (
        WITH RECURSIVE subtree AS (
            SELECT id FROM category WHERE id = root
            UNION SELECT c.id FROM category c JOIN subtree s ON c.parent_id = s.id
        ) SELECT id FROM subtree
    );
END $$;
-- +goose StatementEnd

-- The words that occur, as they are written but for capitals and accents, for
-- finding the one that a typing error meant: trigrams of whole names would not
-- find it. The count is a popularity, not kept exactly.
CREATE TABLE search_word (
    word     text COLLATE "C" PRIMARY KEY,
    products integer NOT NULL
);
CREATE INDEX search_word_trigrams ON search_word USING gin (word gin_trgm_ops);

-- +goose StatementBegin
CREATE FUNCTION catalog_words(name text, brand text, description text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_tsvector('simple', catalog_fold(name || ' ' || coalesce(brand, '') || ' ' || description));
-- +goose StatementEnd
INSERT INTO search_word SELECT word, ndoc FROM ts_stat('SELECT catalog_words(name, brand, description) FROM product')
    WHERE length(word) BETWEEN 3 AND 60;

-- Every word must occur; the last one may go on when it has three letters. Its
-- stem begins most words that it begins, and the others are looked up: "electri"
-- is a stem of its own, and that of "electric" is "electr". A word that very many
-- products have is taken for a whole one: what goes on from it would cost most
-- of the time that a search takes, and is found when more of it is there.
-- plainto_tsquery quotes what needs it: no text is a syntax error.
-- +goose StatementBegin
CREATE FUNCTION catalog_query(words text) RETURNS tsquery
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
    -- What stands before the last word, and the word. ([:punct:] has parts of
    -- words in it, in some locales.)
    parts text[] := regexp_match(catalog_fold(words), '^(.*?)([^\s!-/:-@[-`{-~«»„“”]+)[\s!-/:-@[-`{-~«»„“”]*$');
    last tsquery := plainto_tsquery('public.catalog'::regconfig, parts[2]);
    form tsquery;
BEGIN
    IF parts IS NULL THEN
        RETURN plainto_tsquery('public.catalog'::regconfig, catalog_fold(words));
    END IF;
    IF EXISTS (SELECT FROM search_word WHERE word = lower(parts[2]) AND products > 5000) THEN
        RETURN plainto_tsquery('public.catalog'::regconfig, parts[1]) && last;
    END IF;
    IF last::text ~ '[[:alnum:]]{3}''$' THEN
        last := (last::text || ':*')::tsquery;
    END IF;
    IF numnode(last) = 1 AND length(parts[2]) BETWEEN 3 AND 60 THEN
        FOR form IN
            SELECT DISTINCT plainto_tsquery('public.catalog'::regconfig, word) FROM (
                SELECT word FROM search_word
                WHERE word >= lower(parts[2]) AND word < lower(parts[2]) || chr(1114111) ORDER BY products DESC, word LIMIT 100
            ) AS begun
            WHERE NOT to_tsvector('public.catalog'::regconfig, word) @@ last
        LOOP
            last := last || form;
        END LOOP;
    END IF;
    RETURN plainto_tsquery('public.catalog'::regconfig, parts[1]) && last;
END $$;
-- +goose StatementEnd

-- Whether a product has the words. search_word remembers those of products that
-- are gone: what is not in very many is looked for.
-- +goose StatementBegin
CREATE FUNCTION catalog_occurs(words tsquery, products integer) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET enable_seqscan = off AS $$
BEGIN
    RETURN products > 1000 OR EXISTS (SELECT FROM product WHERE search @@ words);
END $$;
-- +goose StatementEnd

-- The words with each that occurs nowhere, in none of its forms, replaced by
-- the nearest one that does; null where that changes nothing.
-- +goose StatementBegin
CREATE FUNCTION catalog_correct(words text) RETURNS text
    LANGUAGE sql STABLE STRICT SET pg_trgm.similarity_threshold = 0.3
    RETURN (
        SELECT CASE WHEN bool_or(near IS NOT NULL) THEN string_agg(coalesce(near, given), ' ' ORDER BY at) END
        FROM (
            SELECT given, at, CASE WHEN length(given) BETWEEN 3 AND 60
                AND NOT catalog_occurs(
                    CASE WHEN last THEN catalog_query(given) ELSE plainto_tsquery('public.catalog'::regconfig, given) END,
                    coalesce((SELECT w.products FROM search_word w WHERE w.word = given), 0)
                ) THEN (
                    SELECT word FROM (
                        SELECT w.word, w.products, similarity(w.word, given) + ln(w.products) / 50 AS likeness
                        FROM search_word w WHERE w.word % given ORDER BY likeness DESC, w.word LIMIT 10
                    ) AS like_it
                    WHERE catalog_occurs(plainto_tsquery('public.catalog'::regconfig, word), products)
                    ORDER BY likeness DESC, word LIMIT 1
                ) END AS near
            FROM (
                SELECT lexeme, positions[1], positions[1] = max(positions[1]) OVER ()
                FROM unnest(to_tsvector('simple', catalog_fold(words)))
            ) AS q (given, at, last)
        ) AS nearest
    );
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION catalog_correct, catalog_occurs, catalog_query;
DROP TABLE search_word;
DROP INDEX product_search, product_gtin, product_brand, product_attributes, product_by_name, product_by_price, product_by_change;
ALTER TABLE product DROP search, DROP document;
DROP FUNCTION catalog_subtree, catalog_words, catalog_search, catalog_fold;
DROP TEXT SEARCH CONFIGURATION catalog;
DROP TEXT SEARCH DICTIONARY catalog_english, catalog_russian;
