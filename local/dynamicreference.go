package local

import (
	"fmt"
	"regexp"
)

var (
	// anyReference is a dynamic reference of whatever service.
	anyReference = regexp.MustCompile(`\{\{resolve:[^{}]*\}\}`)
	// secretReference is {{resolve:secretsmanager:id:SecretString:key:stage:version}}.
	secretReference = regexp.MustCompile(`^\{\{resolve:secretsmanager:(.+?):SecretString(?::([^:]*)(?::[^:]*){0,2})?\}\}$`)
)

// dynamicReferences replaces {{resolve:…}}. One that stays as it is would be a
// value that nobody meant: it is an error.
func (r *resolver) dynamicReferences(text string) (string, error) {
	var failed error
	result := anyReference.ReplaceAllStringFunc(text, func(reference string) string {
		value, err := r.dynamicReference(reference)
		if err != nil && failed == nil {
			failed = err
		}
		return value
	})
	return result, failed
}

func (r *resolver) dynamicReference(reference string) (string, error) {
	m := secretReference.FindStringSubmatch(reference)
	if m == nil {
		return "", fmt.Errorf("%s is not known to the local place: it must be {{resolve:secretsmanager:name:SecretString:key}}", reference)
	}
	return r.secret(m[1], m[2])
}
