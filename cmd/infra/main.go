// Command infra is the CDK app: it synthesizes the cloud assembly of one
// environment. cdk.json runs it; `make synth` and catalogctl do it for you.
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"catalog/lib"
)

// main leaves out jsii.Close: it waits for the Node process a second time and
// prints that it found none. Node ends by itself when its input closes.
func main() {
	lib.QuietNode()
	app := awscdk.NewApp(nil)
	config, err := lib.LoadConfig(lib.ContextOf(app))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	lib.Declare(app, config)
	app.Synth(nil)
}
