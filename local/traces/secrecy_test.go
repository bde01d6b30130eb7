package traces

import (
	"fmt"
	"strings"
	"testing"
)

func TestO6_SecretsAreNotKept(t *testing.T) {
	t.Parallel()
	r := start(t)
	names := []string{
		"http.request.header.authorization", "http.request.header.x-anything", "http.response.header.set-cookie", "Authorization",
		"db.password", "api_key", "session.token", "url.query", "db.query.parameter.0", "db.operation.parameter.name",
	}
	var attributes []string
	for _, name := range names {
		attributes = append(attributes, fmt.Sprintf(`{"key":%q,"value":{"stringValue":"hunter2"}}`, name))
	}
	attributes = append(attributes,
		`{"key":"url.full","value":{"stringValue":"https://u:hunter2@h/p?q=hunter2"}}`,
		`{"key":"db.query.text","value":{"stringValue":"SELECT * FROM t1 WHERE a = 'hunter2' AND b = 42 AND c = $1"}}`,
		`{"key":"db.connection_string","value":{"stringValue":"postgresql://u:hunter2@db:5432/x?password=hunter2"}}`,
		`{"key":"a.list","value":{"kvlistValue":{"values":[{"key":"password","value":{"stringValue":"hunter2"}}]}}}`,
		`{"key":"shown","value":{"arrayValue":{"values":[{"intValue":1},{"boolValue":true},{"doubleValue":1.5}]}}}`)
	post(t, r.OTLPEndpoint(), typeJSON, "", requestJSON(spanJSON("00000000000000a1", "", "x", 2, `,"attributes":[`+strings.Join(attributes, ",")+"]")))
	packet := packetHeader + `{"name":"flask","id":"00000000000000c3","trace_id":"` + exampleTrace + `","start_time":1700000000,"end_time":1700000001,
		"annotations":{"token":"hunter2","shown":true},"metadata":{"d":{"x":"hunter2"}},"http":{"request":{"url":"/a?b=hunter2","headers":{"Authorization":"hunter2"}}}}`
	send(t, r, func() bool { return r.Store().Summaries(1, Filter{})[0].Segments == 2 }, packet)
	trace, _ := r.Store().Trace(exampleTrace)
	all := ""
	for _, s := range trace.All() {
		all += fmt.Sprintf("%+v\n", *s)
	}
	if strings.Contains(all, "hunter2") {
		t.Errorf("a secret is kept: %s", all)
	}
	for _, word := range []string{"SELECT * FROM t1 WHERE a = ? AND b = ? AND c = $1", "postgresql://db:5432/x", "shown:1, true, 1.5", "shown:true", "Path:/p", "Path:/a"} {
		if !strings.Contains(all, word) {
			t.Errorf("%q is not kept: %s", word, all)
		}
	}
}

func TestI5_StatementsLoseTheirValues(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]string{
		"": "", "SELECT 1.5": "SELECT ?", "x = 'it''s' AND y": "x = ? AND y", "'open": "?", "t1.c2 = $12": "t1.c2 = $12", "'a''": "?",
		"IN (1,2)": "IN (?,?)", "'": "?", "é1": "é1", "1e5, 0xFF, -1.5": "?, ?, -?",
		`E'it\'s secret' AND e'\\' AND x`: "? AND ? AND x", `'a\' AND y = 'b'`: "? AND y = ?", "name'x'": "name?",
		"$$secret$$, $tag$ it's $$ secret $tag$, a$$b": "?, ?, a$$b", "$open$ secret": "?", "$1 $ $2$": "$1 $ $2$", "$": "$",
		`SELECT "it's", "a""b" FROM "t" WHERE x='secret'`: `SELECT "its", "a""b" FROM "t" WHERE x=?`,
		"a -- it's secret\n= 'secret'":                    "a  = ?", "a /* it's /* nested */ secret */ = 'secret' /* open": "a   = ?  ", "/*/": " ", "-": "-",
	} {
		if got := withoutValues(sql); got != want {
			t.Errorf("%q becomes %q, want %q", sql, got, want)
		}
	}
	if got := withoutValues(strings.Repeat("a", 5000)); len(got) > maxText {
		t.Errorf("%d bytes are kept", len(got))
	}
}
