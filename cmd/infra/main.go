// Command infra is the CDK app: it synthesizes the cloud assembly of one
// environment. cdk.json runs it; `make synth` and catalogctl do it for you.
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"catalog/lib"
	"catalog/lib/settings"
)

func main() {
	app := awscdk.NewApp(nil)
	config, err := settings.Load(lib.ContextOf(app))
	if err == nil {
		lib.Declare(app, config)
		app.Synth(nil)
	}
	closeNode()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// closeNode ends Node and removes its temporary folder. jsii waits for the
// process twice and prints that the second wait found none: nobody can use
// that line, so it goes nowhere.
func closeNode() {
	stderr := os.Stderr
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
		defer null.Close()
	}
	jsii.Close()
	os.Stderr = stderr
}
