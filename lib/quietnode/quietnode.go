// Package quietnode hides the banner that jsii prints on a Node release past
// its end of life. The release is the user's choice, and 20 works.
//
// Importing a CDK package already starts Node, so the variable must stand
// before that. Go initializes packages in the order of their import paths as
// soon as their own imports are ready (Go 1.21), and this one, needing os
// alone, comes before anything below github.com.
package quietnode

import "os"

const variable = "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION"

func init() {
	if os.Getenv(variable) == "" {
		os.Setenv(variable, "20")
	}
}
