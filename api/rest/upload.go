package rest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"mime"
	"net/http"
	"time"

	"catalog/api/catalog"
	"catalog/api/feed"
	"catalog/api/imports"
)

// Limits of an import's feed. A client must send a part, or the whole of a
// smaller rest, in partTimeout.
const (
	maxFeed     = 256 << 20
	partSize    = 256 << 10
	partTimeout = 30 * time.Second
	maxUploads  = 4 // at once, in one task
)

// upload receives a feed, part by part, in constant memory.
type upload struct {
	server  *Server
	request catalog.ImportRequest
	options imports.Options
	size    int64
	hash    hash.Hash
}

// mediaOf is what a request's media type stands for.
func mediaOf[T any](r *http.Request, known map[string]T) (T, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	v, ok := known[media]
	if err != nil || !ok {
		return v, problem(http.StatusUnsupportedMediaType, "unsupported_media_type",
			"send the feed as Content-Type: text/csv, text/tab-separated-values or application/x-ndjson")
	}
	return v, nil
}

// receive stores the feed, whose beginning must be readable, and hands it over.
func (u *upload) receive(w http.ResponseWriter, r *http.Request) (catalog.Import, bool, error) {
	u.hash = sha256.New()
	fmt.Fprintf(u.hash, "import %s %t\n", u.request.Options, u.request.DryRun)
	body := http.MaxBytesReader(w, r.Body, maxFeed)
	connection := http.NewResponseController(w)
	part := make([]byte, partSize)
	for {
		if err := connection.SetReadDeadline(time.Now().Add(partTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return catalog.Import{}, false, fmt.Errorf("giving the client time: %w", err)
		}
		n, err := io.ReadFull(body, part)
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !ended {
			return catalog.Import{}, false, unreadable(err)
		}
		if err := u.add(r.Context(), part[:n]); err != nil {
			return catalog.Import{}, false, err
		}
		if ended {
			return u.submit(r)
		}
	}
}

func unreadable(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return problem(http.StatusRequestEntityTooLarge, "too_large", "the feed is larger than 256 MiB")
	}
	return problem(http.StatusBadRequest, "malformed", "the feed cannot be read to its end")
}

// add stores a part; of the first one the header is read before anything is
// stored.
func (u *upload) add(ctx context.Context, part []byte) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	if u.size == 0 {
		if err := u.checkHeader(part); err != nil {
			return err
		}
		if err := u.server.store.BeginImport(ctx, u.request); err != nil {
			return err
		}
	}
	if len(part) == 0 {
		return nil
	}
	u.hash.Write(part)
	err := u.server.store.AppendImport(ctx, u.request.ID, u.size, part)
	u.size += int64(len(part))
	return err
}

func (u *upload) checkHeader(part []byte) error {
	_, err := u.options.Reader(bytes.NewReader(part), nil)
	var refused *feed.Error
	if !errors.As(err, &refused) {
		return err
	}
	pointer := ""
	if refused.Parameter != "" {
		pointer = "?" + refused.Parameter
	}
	return catalog.Invalid(pointer, refused.Detail)
}

func (u *upload) submit(r *http.Request) (catalog.Import, bool, error) {
	key, err := idempotencyKey(r, [32]byte(u.hash.Sum(nil)))
	if err != nil {
		return catalog.Import{}, false, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
	defer cancel()
	return u.server.store.SubmitImport(ctx, u.request.ID, u.size, key)
}
