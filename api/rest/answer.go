package rest

import (
	"context"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// answer is the body of a 200 that may be kept and given again, with what
// belongs to it and, once asked for, its codings. There may be a hundred
// thousand of them: it holds nothing that can be had otherwise.
type answer struct {
	form
	made       int64 // in nanoseconds since 1970: a time.Time takes three times as much
	gzip, zstd atomic.Pointer[form]
	kept       kept
}

// form is a body as it is sent, with its entity tag as net/http wants it: as
// the values of a header.
type form struct {
	body []byte
	etag []string
}

// minCoded is the size, in bytes, below which coding costs more than it saves.
const minCoded = 512

// newAnswer makes an answer of a body and its entity tag.
func newAnswer(body []byte, etag []string, now time.Time) *answer {
	return &answer{form: form{body, etag}, made: now.UnixNano()}
}

// lowVersions are the entity tags that nearly every product has one of.
var lowVersions = func() (all [256][]string) {
	for i := range all {
		all[i] = []string{etag(int64(i))}
	}
	return all
}()

// versionTag is a product's entity tag as the values of a header.
func versionTag(version int64) []string {
	if version >= 0 && version < int64(len(lowVersions)) {
		return lowVersions[version]
	}
	return []string{etag(version)}
}

// tag is an entity tag without its quotes.
func (f *form) tag() string { return f.etag[0][1 : len(f.etag[0])-1] }

// coded is the entity tag of a coding: it is another one than the plain body's
// (RFC 9110, section 8.8.3.3), with the coding's name behind it.
func (f *form) coded(coding string) []string { return []string{`"` + f.tag() + "-" + coding + `"`} }

// Values of headers that many answers share.
var (
	typeJSON     = []string{"application/json"}
	cacheControl = []string{"public, max-age=0, stale-if-error=300"}
	varies       = []string{"Accept-Encoding"}
	gzipCoding   = []string{"gzip"}
	zstdCoding   = []string{"zstd"}
)

// give answers a request with it: 304 where the client has it, in the coding
// that the client takes.
func (a *answer) give(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h["Cache-Control"] = cacheControl
	coding := a.accepted(r.Header)
	if match := r.Header["If-None-Match"]; match != nil && matches(match, a.tag()) {
		h["Vary"], h["Etag"] = varies, a.etag
		if coding != "" {
			h["Etag"] = a.coded(coding)
		}
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	f := a.in(coding)
	h["Etag"] = f.etag
	f.write(w, coding)
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
func (a *answer) in(coding string) *form {
	switch coding {
	case "zstd":
		return a.code(&a.zstd, coding, zstdBody)
	case "gzip":
		return a.code(&a.gzip, coding, gzipBody)
	}
	return &a.form
}

// code makes a coding when the first client asks. Two who ask at once both
// make it, and one of the two is kept.
func (a *answer) code(at *atomic.Pointer[form], coding string, code func([]byte) []byte) *form {
	if f := at.Load(); f != nil {
		return f
	}
	f := &form{body: code(a.body)}
	if a.etag != nil {
		f.etag = a.coded(coding)
	}
	if at.CompareAndSwap(nil, f) {
		a.kept.grown(a)
	}
	return f
}

// bytes is what the body and its codings take.
func (a *answer) bytes() (n int) {
	n = len(a.body)
	for _, coded := range []*form{a.gzip.Load(), a.zstd.Load()} {
		if coded != nil {
			n += len(coded.body)
		}
	}
	return n
}

// maxBuffered is the size, in bytes, up to which net/http says a body's length
// itself.
const maxBuffered = 2048

func (f *form) write(w http.ResponseWriter, coding string) {
	h := w.Header()
	switch coding {
	case "zstd":
		h["Content-Encoding"] = zstdCoding
	case "gzip":
		h["Content-Encoding"] = gzipCoding
	}
	if len(f.body) > maxBuffered {
		h["Content-Length"] = []string{strconv.Itoa(len(f.body))}
	}
	h["Content-Type"], h["Vary"] = typeJSON, varies
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
	age := s.now().Sub(time.Unix(0, a.made))
	return []string{strconv.Itoa(max(0, int(age.Seconds())))} // a clock may be set back
}
