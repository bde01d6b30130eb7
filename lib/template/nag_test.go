package template

import (
	"strings"
	"testing"
)

// finding is one line of cdk-nag's report.
type finding struct{ RuleID, ResourceID, Compliance, ExceptionReason string }

// TestChecklist54_NagFindingsAreExplained: a finding that nobody explained
// fails the synthesis too; here its explanation must be one.
func TestChecklist54_NagFindingsAreExplained(t *testing.T) {
	t.Parallel()
	for name, e := range linted() {
		passed := 0
		for _, f := range e.findings {
			switch f.Compliance {
			case "Compliant":
				passed++
			case "Suppressed":
				if len(strings.Fields(f.ExceptionReason)) < 4 {
					t.Errorf("%s: %s at %s is explained by %q", name, f.RuleID, f.ResourceID, f.ExceptionReason)
				}
			default:
				t.Errorf("%s: %s at %s is %s", name, f.RuleID, f.ResourceID, f.Compliance)
			}
		}
		if passed < 40 {
			t.Errorf("%s: only %d rules were held against it", name, passed)
		}
	}
}
