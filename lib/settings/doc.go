// Package settings reads what one environment may choose from the CDK context
// and refuses what is wrong before anything is built. It knows nothing of the
// CDK.
//
//	config.go    the choices; profiles.go their defaults and what is offered
//	context.go   how a value is read; peaks.go how the list of peaks is
//	validate.go  what is allowed
package settings
