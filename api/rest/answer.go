package rest

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// answer is the body of a 200 that may be kept and given again: with the
// headers that belong to it, and coded at most once each way.
type answer struct {
	body []byte
	tag  string // the entity tag without its quotes
	made time.Time

	// As net/http wants them: a header's values, made once.
	etag, length []string
	gzip, zstd   coding
}

// coding is the body in a content coding, made when the first client asks.
type coding struct {
	once         sync.Once
	body         []byte
	etag, length []string
}

// minCoded is the size, in bytes, below which coding costs more than it saves.
const minCoded = 512

func newAnswer(body []byte, tag string, now time.Time) *answer {
	return &answer{body: body, tag: tag, made: now, etag: quoted(tag), length: []string{strconv.Itoa(len(body))}}
}

func quoted(tag string) []string { return []string{`"` + tag + `"`} }

// Values of headers that many answers share.
var (
	typeJSON     = []string{"application/json"}
	cacheControl = []string{"public, max-age=0, stale-if-error=300"}
	varies       = []string{"Accept-Encoding"}
	gzipCoding   = []string{"gzip"}
	zstdCoding   = []string{"zstd"}
)

// give answers a request with it: 304 where the client has it, in the coding
// that the client takes. A coded body has an entity tag of its own (RFC 9110,
// section 8.8.3.3): its tag with the coding's name behind it.
func (a *answer) give(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h["Cache-Control"], h["Vary"] = cacheControl, varies
	body, etag, length := a.body, a.etag, a.length
	coded := ""
	if len(a.body) >= minCoded {
		coded = accepted(r.Header)
	}
	if match := r.Header["If-None-Match"]; match != nil && matches(match, a.tag) {
		if coded != "" {
			etag = quoted(a.tag + "-" + coded)
		}
		h["Etag"] = etag
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	switch coded {
	case "zstd":
		c := a.zstd.of(a, coded, zstdBody)
		body, etag, length = c.body, c.etag, c.length
		h["Content-Encoding"] = zstdCoding
	case "gzip":
		c := a.gzip.of(a, coded, gzipBody)
		body, etag, length = c.body, c.etag, c.length
		h["Content-Encoding"] = gzipCoding
	}
	h["Content-Type"], h["Etag"], h["Content-Length"] = typeJSON, etag, length
	w.Write(body)
	return nil
}

func (c *coding) of(a *answer, name string, code func([]byte) []byte) *coding {
	c.once.Do(func() {
		c.body = code(a.body)
		c.etag, c.length = quoted(a.tag+"-"+name), []string{strconv.Itoa(len(c.body))}
	})
	return c
}

// Coders keep tables of a megabyte: one of a kind serves all requests, or few
// do in turn.
var (
	zstdEncoder = sync.OnceValue(func() *zstd.Encoder {
		e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithWindowSize(128<<10))
		if err != nil { // the options are constants
			panic(err)
		}
		return e
	})
	gzipWriters = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}
)

func zstdBody(body []byte) []byte { return zstdEncoder().EncodeAll(body, nil) }

func gzipBody(body []byte) []byte {
	var out sliceWriter
	w := gzipWriters.Get().(*gzip.Writer)
	defer gzipWriters.Put(w)
	w.Reset(&out)
	w.Write(body) // to memory: it cannot fail
	w.Close()
	return out
}

type sliceWriter []byte

func (s *sliceWriter) Write(p []byte) (int, error) {
	*s = append(*s, p...)
	return len(p), nil
}

// giveKept answers what the cache keeps, or loads it. While the store is away
// what was kept is answered with its Age, in seconds (RFC 9111, section 5.1).
func (s *Server) giveKept(w http.ResponseWriter, r *http.Request, key string, isList bool, load func(context.Context) (*answer, error)) error {
	a, stale, err := s.cache.get(r.Context(), key, isList, load)
	if err != nil {
		return err
	}
	if stale {
		w.Header().Set("Age", strconv.Itoa(int(s.now().Sub(a.made).Seconds())))
	}
	return a.give(w, r)
}
