package main

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	locally "catalog/local/load"
)

// What is asked, of a hundred requests: 80 reads and 20 writes. A third of the
// lists has a filter of its own, which no task can have kept.
const (
	ofGets     = 50
	ofLists    = 20
	ofSearches = 10
	ofPosts    = 10
)

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// send sends the i-th request.
func (l *load) send(chance *rand.Rand, i int) outcome {
	switch n := chance.IntN(100); {
	case n < ofGets:
		if id, ok := l.ledger.anyID(chance); ok {
			return l.read("/products/" + id.String())
		}
		return l.read("/products")
	case n < ofGets+ofLists:
		return l.read(listPaths[chance.IntN(len(listPaths))] + price(chance))
	case n < ofGets+ofLists+ofSearches:
		return l.read("/products?q=" + searched[chance.IntN(len(searched))] + price(chance))
	case n < ofGets+ofLists+ofSearches+ofPosts:
		return l.create(l.newCreation(i))
	}
	if h, ok := l.ledger.takeIdle(chance); ok {
		return l.change(h)
	}
	return l.create(l.newCreation(i))
}

var (
	listPaths = []string{"/products?limit=20", "/products?limit=20&sort=-updated_at", "/products?limit=50&sort=-price", "/products?limit=20&in_stock=true"}
	searched  = []string{"drill", "kettle", "steel", "pan"}
)

// price is a filter that makes a list one that nobody asked for before, now
// and then.
func price(chance *rand.Rand) string {
	if chance.IntN(3) > 0 {
		return ""
	}
	return "&price_lte=" + strconv.Itoa(1000+chance.IntN(1_000_000))
}

func (l *load) read(path string) outcome {
	a, err := l.exchange(http.MethodGet, path, nil, nil)
	o := outcome{why: whyNot(a, err, http.StatusOK)}
	o.kept = err == nil && a.header.Get("Age") != ""
	return o
}

func (l *load) newCreation(i int) creation { return l.named(strconv.Itoa(i)) }

// named is a creation of a product whose SKU and key end with a name.
func (l *load) named(end string) creation {
	name := l.run + "-" + end
	body, err := json.Marshal(map[string]any{
		"sku": name, "name": "Drill " + end, "stock": 1, "price": map[string]string{"amount": "9.50", "currency": "AUD"},
	})
	if err != nil { // strings and numbers alone
		panic(err)
	}
	return creation{key: name, sku: name, body: body}
}

func (l *load) create(c creation) outcome {
	o, id, version := l.post(c)
	if !o.good() {
		l.ledger.doubted(doubt{creation: c, why: o.why})
		return o
	}
	c.id = id
	l.ledger.acknowledgeCreation(c, version)
	return o
}

// post sends a creation once.
func (l *load) post(c creation) (o outcome, id uuid.UUID, version int64) {
	a, err := l.exchange(http.MethodPost, "/products", c.body, http.Header{
		"Content-Type": {"application/json"}, "Idempotency-Key": {c.key},
	})
	o = outcome{write: true, why: whyNot(a, err, http.StatusCreated)}
	if o.good() {
		id, version, o.why = acknowledgement(a)
	}
	return o, id, version
}

func (l *load) change(h held) outcome {
	next := held{h.id, h.version + 1}
	o, a := l.patch(h)
	if o.good() {
		_, next.version, o.why = acknowledgement(a)
	}
	if !o.good() {
		l.ledger.doubted(doubt{change: next, why: o.why})
		return o
	}
	l.ledger.acknowledgeChange(next)
	return o
}

// patch makes a product's next version, once.
func (l *load) patch(h held) (outcome, answer) {
	body := []byte(`{"stock": ` + strconv.FormatInt(h.version+1, 10) + `}`)
	a, err := l.exchange(http.MethodPatch, "/products/"+h.id.String(), body, http.Header{
		"Content-Type": {"application/merge-patch+json"}, "If-Match": {`"` + strconv.FormatInt(h.version, 10) + `"`},
	})
	return outcome{write: true, why: whyNot(a, err, http.StatusOK)}, a
}

// acknowledgement reads the product's id and version out of a good answer.
func acknowledgement(a answer) (id uuid.UUID, version int64, why string) {
	var p struct {
		ID      uuid.UUID
		Version int64
	}
	if err := json.Unmarshal(a.body, &p); err != nil || p.Version == 0 {
		return p.ID, p.Version, "no product"
	}
	return p.ID, p.Version, ""
}

func (l *load) exchange(method, path string, body []byte, header http.Header) (answer, error) {
	request, err := http.NewRequest(method, l.api+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if method != http.MethodGet {
		request.Header = header
		request.Header.Set("Authorization", "Bearer "+l.token)
		request.GetBody = nil // the client must not send a write twice by itself
	}
	response, err := l.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, content}, err
}

// whyNot names what came in the place of a good answer.
func whyNot(a answer, err error, want int) string {
	switch {
	case err != nil:
		return locally.KindOf(err)
	case a.status == want:
		return ""
	case a.status == http.StatusServiceUnavailable && a.header.Get("Retry-After") == "" && strings.Contains(a.header.Get("Content-Type"), "json"):
		return "503 without Retry-After"
	}
	return strconv.Itoa(a.status)
}
