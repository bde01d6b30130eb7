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
	"os"
	"strings"
	"time"

	"catalog/api/catalog"
	"catalog/api/feed"
	"catalog/api/imports"
)

// Limits of an import's feed. A client must send a part, or the whole of a
// smaller rest, in partTimeout, and the feed in uploadTimeout: the store
// forgets feeds that take an hour.
const (
	maxFeed       = 256 << 20
	partSize      = 256 << 10
	partTimeout   = 30 * time.Second
	uploadTimeout = 30 * time.Minute
	maxUploads    = 4 // at once, in one task
)

// upload receives a feed, part by part, in constant memory.
type upload struct {
	server  *Server
	request catalog.ImportRequest
	options imports.Options
	key     *catalog.IdempotencyKey
	begun   bool
	size    int64
	hash    hash.Hash
}

// formatOf is what a feed's media type stands for. A charset may say UTF-8 (RFC
// 4180, section 3); a feed that is coded is not read (RFC 9110, section
// 15.5.16).
func formatOf(r *http.Request) (feed.Format, error) {
	media, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	format, ok := formats[media]
	charset := strings.ToLower(parameters["charset"])
	detail := ""
	switch coding := strings.ToLower(r.Header.Get("Content-Encoding")); {
	case err != nil || !ok:
		detail = "send the feed as Content-Type: text/csv, text/tab-separated-values or application/x-ndjson"
	case charset != "" && charset != "utf-8" && charset != "us-ascii":
		detail = "send the feed in UTF-8, the only charset that is read"
	case coding != "" && coding != "identity":
		detail = "send the feed as it is, without a Content-Encoding"
	}
	if detail != "" {
		return format, problem(http.StatusUnsupportedMediaType, "unsupported_media_type", detail)
	}
	return format, nil
}

// receive stores the feed, whose beginning must be readable, and hands it over.
// A feed that does not come to that is forgotten.
func (u *upload) receive(w http.ResponseWriter, r *http.Request) (i catalog.Import, repeated bool, err error) {
	if r.ContentLength > maxFeed {
		return i, false, errFeedTooLarge
	}
	u.hash = sha256.New()
	fmt.Fprintf(u.hash, "import %s %t\n", u.request.Options, u.request.DryRun)
	if err := u.store(w, r); err != nil {
		u.abandon(r.Context())
		return i, false, err
	}
	if i, repeated, err = u.submit(r); err != nil {
		u.abandon(r.Context())
	}
	return i, repeated, err
}

// store takes the feed to its end.
func (u *upload) store(w http.ResponseWriter, r *http.Request) error {
	body := http.MaxBytesReader(w, r.Body, maxFeed)
	connection := http.NewResponseController(w)
	part := make([]byte, partSize)
	for last := time.Now().Add(uploadTimeout); ; {
		if err := extend(connection, last); err != nil {
			return err
		}
		n, err := io.ReadFull(body, part)
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !ended {
			return unreadable(err)
		}
		if err := u.add(r.Context(), part[:n]); err != nil || ended {
			return err
		}
	}
}

// extend gives the client time for a part, and the answer behind it the time
// that any answer has.
func extend(connection *http.ResponseController, last time.Time) error {
	until := time.Now().Add(partTimeout)
	if until.After(last) {
		until = last
	}
	if err := giveTime(connection.SetReadDeadline, until); err != nil {
		return err
	}
	return giveTime(connection.SetWriteDeadline, until.Add(writeTimeout))
}

// abandon makes the place of a feed free that will not be handed over. Where
// the store is away, it forgets the feed by itself later.
func (u *upload) abandon(ctx context.Context) {
	if !u.begun {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTimeout)
	defer cancel()
	if err := u.server.store.AbandonImport(ctx, u.request.ID); err != nil {
		u.server.log.WarnContext(ctx, "feed that was not received is kept for an hour", "import", u.request.ID, "error", err)
	}
}

var errFeedTooLarge = problem(http.StatusRequestEntityTooLarge, "too_large", "the feed is larger than 256 MiB")

func unreadable(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errFeedTooLarge
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return problem(http.StatusBadRequest, "too_slow", "the feed came too slowly: send 256 KiB in 30 seconds, and all of it in 30 minutes")
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
		u.begun = true
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
	if u.key != nil {
		u.key.Request = [32]byte(u.hash.Sum(nil))
	}
	ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
	defer cancel()
	return u.server.store.SubmitImport(ctx, u.request.ID, u.size, u.key)
}
