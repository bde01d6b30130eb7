-- Feeds that are being taken into the catalog.

-- +goose Up
CREATE TABLE import_job (
    id          uuid PRIMARY KEY,
    -- 'uploading' until the whole feed is here: nobody sees it before.
    state       text NOT NULL CHECK (state IN ('uploading', 'running', 'succeeded', 'failed', 'cancelled')),
    dry_run     boolean NOT NULL,
    options     json NOT NULL, -- as it was given: jsonb cannot hold a NUL, and a header line can
    size        bigint NOT NULL DEFAULT 0,
    position    json,                      -- of the last chunk that was applied
    done        bigint NOT NULL DEFAULT 0, -- the same in bytes
    created     bigint NOT NULL DEFAULT 0,
    updated     bigint NOT NULL DEFAULT 0,
    unchanged   bigint NOT NULL DEFAULT 0,
    failed      bigint NOT NULL DEFAULT 0,
    detail      text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    started_at  timestamptz,
    finished_at timestamptz
);
CREATE INDEX import_job_open ON import_job (created_at) WHERE state IN ('uploading', 'running');

-- The feed, in compressed parts: it goes when the import ends.
CREATE TABLE import_part (
    import_id uuid NOT NULL REFERENCES import_job (id) ON DELETE CASCADE,
    at        bigint NOT NULL, -- the part's offset in the feed
    body      bytea NOT NULL,
    PRIMARY KEY (import_id, at)
);
ALTER TABLE import_part ALTER body SET STORAGE EXTERNAL; -- it is compressed

CREATE TABLE import_error (
    import_id uuid NOT NULL REFERENCES import_job (id) ON DELETE CASCADE,
    line      bigint NOT NULL,
    sku       text,
    errors    json NOT NULL,
    PRIMARY KEY (import_id, line)
);

-- +goose Down
DROP TABLE import_error, import_part, import_job;
