package traces

import (
	"net/url"
	"strings"
)

const (
	// maxAnnotations and maxText bound what one segment may bring. X-Ray keeps
	// 50 annotations a trace, and texts of 250 to 1,000 characters.
	maxAnnotations = 50
	maxText        = 1000
)

// secretWords are parts of names whose values are never kept.
var secretWords = []string{"authorization", "cookie", "password", "passwd", "secret", "token", "api-key", "api_key", "apikey", "credential"}

// isSecret says whether a value must not be kept, by its name: values of HTTP
// headers, whichever they are, and what sounds like a credential.
func isSecret(name string) bool {
	name = strings.ToLower(name)
	if strings.Contains(name, ".header.") || strings.HasPrefix(name, "url.query") {
		return true
	}
	for _, word := range secretWords {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// annotate keeps what may be kept.
func (s *Segment) annotate(name, value string) {
	if name == "" || value == "" || isSecret(name) || len(s.Annotations) >= maxAnnotations {
		return
	}
	if s.Annotations == nil {
		s.Annotations = map[string]string{}
	}
	s.Annotations[clip(name)] = clip(value)
}

// clip shortens a text to maxText bytes and keeps it valid UTF-8.
func clip(text string) string {
	if len(text) > maxText {
		text = text[:maxText]
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// pathOf is the path of a URL or of a request target: no query, no user.
func pathOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		path, _, _ := strings.Cut(text, "?")
		return clip(path)
	}
	if u.Opaque != "" || u.Path == "" {
		return "/"
	}
	return clip(u.Path)
}

// withoutUser takes user, password and query out of a connection string.
func withoutUser(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return ""
	}
	return clip(u.Scheme + "://" + u.Host + u.Path)
}

// withoutValues puts a question mark in the place of every literal of a
// statement: texts in quotes and numbers. Two quotes within a text are a quote.
func withoutValues(sql string) string {
	var b strings.Builder
	for i := 0; i < len(sql) && b.Len() < maxText; i++ {
		c := sql[i]
		switch {
		case c == '\'':
			for i++; i < len(sql) && (sql[i] != '\'' || i+1 < len(sql) && sql[i+1] == '\''); i++ {
				if sql[i] == '\'' {
					i++
				}
			}
			b.WriteByte('?')
		case isDigit(c) && (i == 0 || !isNamePart(sql[i-1])):
			for i+1 < len(sql) && (isDigit(sql[i+1]) || sql[i+1] == '.') {
				i++
			}
			b.WriteByte('?')
		default:
			b.WriteByte(c)
		}
	}
	return clip(b.String())
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isNamePart says whether a digit after c belongs to a name or a parameter,
// as in table1 and $1.
func isNamePart(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$' || c >= 0x80
}
