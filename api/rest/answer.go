package rest

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// answer is the body of a 200 that may be kept and given again: with the
// headers that belong to it, and coded at most once each way.
type answer struct {
	form
	tag  string // the entity tag without its quotes
	made time.Time

	gzip, zstd coding
	// codedBytes is what the codings that were made take; grown is told when
	// that has changed, where it is set.
	codedBytes atomic.Int64
	grown      func()
}

// form is a body as it is sent, with headers as net/http wants them: lists of
// values, made once.
type form struct {
	body         []byte
	etag, length []string
	encoding     []string // nil: as it is
}

// coding is the body in a content coding, made when the first client asks.
type coding struct {
	once sync.Once
	form
}

// minCoded is the size, in bytes, below which coding costs more than it saves.
const minCoded = 512

func newAnswer(body []byte, tag string, now time.Time) *answer {
	return &answer{form: newForm(body, tag, nil), tag: tag, made: now}
}

func newForm(body []byte, tag string, encoding []string) form {
	return form{body: body, etag: []string{`"` + tag + `"`}, length: []string{strconv.Itoa(len(body))}, encoding: encoding}
}

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
	h["Cache-Control"] = cacheControl
	coded := a.accepted(r.Header)
	if match := r.Header["If-None-Match"]; match != nil && matches(match, a.tag) {
		h["Vary"], h["Etag"] = varies, a.etag
		if coded != "" {
			h["Etag"] = []string{`"` + a.tag + "-" + coded + `"`}
		}
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	f := a.in(coded)
	h["Etag"] = f.etag
	f.write(w)
	return nil
}

// accepted is the content coding that the client takes, "" for none.
func (a *answer) accepted(h http.Header) string {
	if len(a.body) < minCoded {
		return ""
	}
	return accepted(h)
}

// in is the answer in a content coding.
func (a *answer) in(coded string) *form {
	switch coded {
	case "zstd":
		return a.zstd.of(a, zstdCoding, zstdBody)
	case "gzip":
		return a.gzip.of(a, gzipCoding, gzipBody)
	}
	return &a.form
}

func (c *coding) of(a *answer, name []string, code func([]byte) []byte) *form {
	c.once.Do(func() {
		c.form = newForm(code(a.body), a.tag+"-"+name[0], name)
		a.codedBytes.Add(int64(len(c.body)))
		if a.grown != nil {
			a.grown()
		}
	})
	return &c.form
}

func (f *form) write(w http.ResponseWriter) {
	h := w.Header()
	if f.encoding != nil {
		h["Content-Encoding"] = f.encoding
	}
	h["Content-Type"], h["Content-Length"], h["Vary"] = typeJSON, f.length, varies
	w.Write(f.body)
}

// giveKept answers what the cache keeps, or loads it. While the store is away
// what was kept is answered with its Age, in seconds (RFC 9111, section 5.1).
func (s *Server) giveKept(w http.ResponseWriter, r *http.Request, key string, isList bool, load func(context.Context) (*answer, error)) error {
	a, stale, err := s.cache.get(r.Context(), key, isList, load)
	if err != nil {
		return err
	}
	if stale {
		w.Header()["Age"] = s.age(a)
	}
	return a.give(w, r)
}

func (s *Server) age(a *answer) []string {
	return []string{strconv.Itoa(max(0, int(s.now().Sub(a.made).Seconds())))} // a clock may be set back
}
