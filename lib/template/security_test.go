package template

import "testing"

// TestG3_TheSecurityPageNamesTestsThatExist: each line of docs/security.md
// stands for a test that fails without it.
func TestG3_TheSecurityPageNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	known, named := testFunctions(t), 0
	for _, name := range quoted.FindAllStringSubmatch(read(t, "../../docs/security.md"), -1) {
		if testName.MatchString(name[1]) {
			if named++; !known[name[1]] {
				t.Errorf("%s does not exist", name[1])
			}
		}
	}
	if named < 15 {
		t.Errorf("only %d tests are named", named)
	}
}
