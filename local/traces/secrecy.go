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
// headers and of a statement's or operation's parameters, whichever they are,
// and what sounds like a credential.
func isSecret(name string) bool {
	name = strings.ToLower(name)
	if strings.Contains(name, ".header.") || strings.Contains(name, ".parameter.") || strings.HasPrefix(name, "url.query") {
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
