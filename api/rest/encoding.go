package rest

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// accepted is the content coding that a client likes best, and of those it
// likes alike the smallest: "zstd", "gzip" or "" (RFC 9110, section 12.5.3).
// A client that refuses the plain body and all that is left gets it all the
// same: the RFC allows it, and an answer is better than none.
func accepted(h http.Header) string {
	values := h["Accept-Encoding"]
	if len(values) == 0 {
		return ""
	}
	if len(values) == 1 {
		switch values[0] { // what most clients send costs nothing to read
		case "gzip", "gzip, deflate", "gzip, deflate, br":
			return "gzip"
		case "gzip, deflate, br, zstd":
			return "zstd"
		}
	}
	quality := map[string]float64{}
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			name, parameters, _ := strings.Cut(part, ";")
			quality[strings.ToLower(strings.TrimSpace(name))] = weight(parameters)
		}
	}
	best, coding := quality["identity"], ""
	for _, name := range []string{"gzip", "zstd"} { // the later one wins a tie
		q, named := quality[name]
		if !named {
			q = quality["*"]
		}
		if q > 0 && q >= best {
			best, coding = q, name
		}
	}
	return coding
}

// weight reads a quality value (RFC 9110, section 12.4.2): 1 where there is
// none, 0 where it is none.
func weight(parameters string) float64 {
	name, value, ok := strings.Cut(parameters, "=")
	if !ok || !strings.EqualFold(strings.TrimSpace(name), "q") {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !(q >= 0 && q <= 1) { // which holds for no NaN
		return 0
	}
	return q
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

// What is coded is kept: it is copied to where it has no room to spare.

func zstdBody(body []byte) []byte { return bytes.Clone(zstdEncoder().EncodeAll(body, nil)) }

func gzipBody(body []byte) []byte {
	var out bytes.Buffer
	w := gzipWriters.Get().(*gzip.Writer)
	defer gzipWriters.Put(w)
	w.Reset(&out)
	w.Write(body) // to memory: it cannot fail
	w.Close()
	return bytes.Clone(out.Bytes())
}
