package main

import "strings"

// hostile are texts that break what is not written for them. None of them
// matches what watch.go looks for in logs and answers.
var hostile = []string{
	"", " ", "\t", "0", "-0", "-1", "00", "1e9", "1e400", "-1e400", "0x10", "1.5", "NaN", "Infinity", "9223372036854775807", "9223372036854775808",
	"18446744073709551616", "2147483648", "-2147483649", strings.Repeat("9", 400), "null", "true", "undefined", "[object Object]", "*", "\"", "\"\"", "W/\"1\"", "\"1\", \"2\"", "\\",
	// SQL, shells, templates, paths
	"'", "''", "';--", "' or '1'='1", "1; drop table product; --", "1) union all (values (1))--", "$1", "$$", "%", "%%", "_", "\\'", "E'\\x41'", "::uuid", "pg_sleep(9)",
	"`id`", "$(id)", "; id", "|id", "{{7*7}}", "${jndi:ldap://127.0.0.1/a}", "%s%n%x", "<script>alert(1)</script>", "]]>", "<!--",
	"../../../../etc/passwd", "..\\..\\windows", "/", "//", "./", "..", ".", "~", "file:///etc/passwd", "http://169.254.169.254/",
	// Unicode: no UTF-8, surrogates, overlong, marks that nest, both directions, invisible, not normal, cases that grow
	"\x00", "a\x00b", "\x01\x1f\x7f", "\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3", "\ufeff", "\ufffe", "\uffff", "\u202e\u202dabc", "\u200b\u200d", "e\u0301", "é",
	"ﬀ", "İ", "ß", "ſ", "\u1e9e", "👩‍👩‍👧‍👦", "\U0010ffff", strings.Repeat("\u0301", 300), "１２", "٣", "Ⅷ", "\u2028", "\u0085", "\u00a0",
	// What is read by a format
	"019ab3c2-f0a0-7c3e-8a51-2f6d1b7e9c04", "00000000-0000-0000-0000-000000000000", "{019ab3c2-f0a0-7c3e-8a51-2f6d1b7e9c04}", "urn:uuid:019ab3c2-f0a0-7c3e-8a51-2f6d1b7e9c04",
	"019ab3c2f0a07c3e8a512f6d1b7e9c04", "2026-02-30", "9999-12-31T23:59:60Z", "eyJhbGciOiJub25lIn0.e30.", "AAAA", "====", "a,b,,c", ",", ",,,,", "a=b&c=d", ";", ":", "a:b:c",
	strings.Repeat("a", 300), strings.Repeat("a", 5000), strings.Repeat("é", 2000), strings.Repeat("a,", 1500), strings.Repeat("(", 2000), strings.Repeat("a ", 1000), strings.Repeat("%", 500),
	strings.Repeat("-", 200), strings.Repeat("\"1\",", 800),
}

// header is a field that the API, Go's server or the load balancer reads, with
// what is written for it.
type header struct {
	name   string
	values []string
}

var headers = []header{
	{"If-Match", []string{"*", "\"1\"", "\"1\",\"2\"", "W/\"1\"", "1", "\"", "\"1", "*,*", "\"9223372036854775808\"", "\"-1\"", "\"\x00\""}},
	{"If-None-Match", []string{"*", "\"1\"", "W/\"1\"", "\"1-gzip\"", "\"", ",,", "\"a\"b"}},
	{"Idempotency-Key", []string{"k", "\"k\"", "\"", "\"\"", strings.Repeat("k", 256), "k k", "\"k\", \"l\"", "?1", ":YWJj:"}},
	{"Content-Type", []string{"application/json", "application/json; charset=utf-16", "application/json;", "application/json; charset", "text/csv; header=absent", "text/csv; charset=latin1", "text/csv;charset=\xff", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=\"", "*/*", "/", "application/merge-patch+json", "application/x-ndjson", "text/tab-separated-values", ";;;", "a/b; c*0=d; c*1=e; c*=f"}},
	{"Content-Encoding", []string{"gzip", "br", "zstd", "identity", "gzip, gzip", "deflate", "GZIP"}},
	{"Content-Length", []string{"0", "1", "-1", "+1", "1e3", "0x1", "1, 1", "1,2", "99999999999999999999", "9223372036854775807", "010", " 5 "}},
	{"Transfer-Encoding", []string{"chunked", "identity", "gzip, chunked", "chunked, chunked", "xchunked", "chunked;q=1", "\x0bchunked", "CHUNKED"}},
	{"Content-Range", []string{"bytes 0-1/2", "bytes */*"}},
	{"Expect", []string{"100-continue", "200-ok", "100-continue, x"}},
	{"Accept", []string{"text/html", "application/xml", "*/*;q=0", "application/json;q=1.0001", strings.Repeat("a/b,", 900)}},
	{"Accept-Encoding", []string{"gzip", "zstd", "gzip;q=0", "*;q=0", "identity;q=0", "gzip;q=NaN", "gzip;q=1e9", "gzip;q=-1", "br;q=1,*", strings.Repeat("gzip,", 900)}},
	{"Accept-Language", []string{"de", "*;q=2", "xx-yy-zz-"}},
	{"Authorization", []string{"Bearer", "Bearer ", "Bearer  x", "bearer x", "Basic dXNlcjpwYXNz", "Bearer x, Bearer y", "Digest username=\"", "Bearer \x00", "Negotiate AAAA"}},
	{"Cookie", []string{"a=b", "=;=;", strings.Repeat("a=b; ", 700), "session=\"'"}},
	{"traceparent", []string{"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "ff-0-0-0", "00-" + strings.Repeat("0", 32) + "-" + strings.Repeat("0", 16) + "-00"}},
	{"tracestate", []string{"a=b", strings.Repeat("a=b,", 600), "=,="}},
	{"baggage", []string{"a=b", strings.Repeat("a=b,", 600)}},
	{"X-Amzn-Trace-Id", []string{"Root=1-67891233-abcdef012345678912345678", "Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=1", "Root=", "Root=1-zz-", ";;;", "Self=1;Root=1;Root=2;Sampled=?", "Root=1-67891233-ABCDEF012345678912345678;Lineage=" + strings.Repeat("a", 900)}},
	{"Range", []string{"bytes=0-0", "bytes=-1", "bytes=0-,0-,0-", "bytes=9-1", "items=0-1"}},
	{"If-Range", []string{"\"1\"", "Thu, 01 Jan 1970 00:00:00 GMT"}},
	{"If-Modified-Since", []string{"Thu, 01 Jan 1970 00:00:00 GMT", "yesterday"}},
	{"If-Unmodified-Since", []string{"Thu, 01 Jan 1970 00:00:00 GMT", "0"}},
	{"Host", []string{"localhost", "a b", "[::1", "evil.example", "127.0.0.1:99999", "a\x00", "a,b", strings.Repeat("h", 300), "[fe80::1%25en0]", "../.."}},
	{"Connection", []string{"close", "keep-alive", "Upgrade", "Authorization", "close, close", "X-Amzn-Trace-Id"}},
	{"Upgrade", []string{"websocket", "h2c", "TLS/1.3"}},
	{"HTTP2-Settings", []string{"AAMAAABkAAQAoAAAAAIAAAAA"}},
	{"TE", []string{"trailers", "chunked", "deflate;q=9"}},
	{"Trailer", []string{"Authorization", "Content-Length", "X"}},
	{"Origin", []string{"null", "http://evil.example"}},
	{"Access-Control-Request-Method", []string{"DELETE"}},
	{"User-Agent", []string{strings.Repeat("u", 4000), "() { :;}; id"}},
	{"Referer", []string{"javascript:1"}},
	{"X-Forwarded-For", []string{"127.0.0.1", "'", strings.Repeat("1.1.1.1,", 400)}},
	{"X-Forwarded-Proto", []string{"https", "gopher"}},
	{"X-Forwarded-Host", []string{"evil.example"}},
	{"X-Forwarded-Port", []string{"99999"}},
	{"Forwarded", []string{"for=\"[::1]\";proto=x"}},
	{"X-HTTP-Method-Override", []string{"DELETE"}},
	{"X-Original-URL", []string{"/admin"}},
	{"Max-Forwards", []string{"0", "-1"}},
	{"Via", []string{"1.1 a, 1.1 b"}},
	{"Pragma", []string{"no-cache"}},
	{"Cache-Control", []string{"no-cache", "max-age=-1", "only-if-cached"}},
	{"X-" + strings.Repeat("N", 1000), []string{"1"}},
	{"", []string{"no name"}},
	{"Bad Name", []string{"1"}},
	{"Bad\x00Name", []string{"1"}},
	{"Ünicode", []string{"1"}},
}

// methods that a client may make up.
var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "G", "GET\x00", "", strings.Repeat("M", 2000), "M-SEARCH", "PRI"}
