// Package console is the page behind DashboardUrl: what CloudWatch, ECS,
// CloudFormation and X-Ray would show in the AWS console, drawn here from the
// template's own dashboard and from what runs.
//
//	source.go        what it needs of an environment
//	console.go       New: the addresses, and what every answer has
//	page.go          what every page has: navigation, refresh, templates
//	format.go        times, durations and states for people
//	overview.go      /
//	lists.go         deployments, tasks, targets, alarms, events, notifications
//	tracelist.go     /traces, and its filter
//	waterfall.go     /traces/{id}
//	loglist.go       /logs
//	logbook.go       the last lines of the logs
//	metriclist.go    /metrics
//	runbooks.go      /runbooks/{name}, and Markdown
//
// The dashboard (AWS: "Dashboard Body Structure and Syntax"):
//
//	dashboard.go     the body, and where its widgets are
//	timerange.go     which time it shows
//	widget.go        one widget of any type
//	metricwidget.go  a metric widget's properties
//	metricarray.go   its metrics array and the shorthands in it
//	series.go        the numbers behind it
//	chart.go         lines in a picture
//	axis.go          ticks and how numbers are written
//
// Queries of log widgets (AWS: "CloudWatch Logs Insights query syntax"):
//
//	insights.go        a query and its parts
//	insightslexer.go   its words
//	insightsparser.go  its grammar
//	insightsfilter.go  which lines it wants
//	insightsrun.go     fields, sort and limit
//
// Pages are made here, whole: no page has a script. The package meets an
// environment only in the interface Source.
package console
