// Package alarm evaluates alarms as CloudWatch does: once a minute, over whole
// past periods, M out of N data points, with the documented treatment of missing
// data (AWS: "Using Amazon CloudWatch alarms", "Configuring how CloudWatch
// alarms treat missing data").
//
//	properties.go  an alarm as the template declares it
//	number.go      numbers and booleans that may be written as strings
//	validate.go    refuses what CloudWatch refuses
//	queries.go     refuses what CloudWatch refuses in Metrics
//	alarm.go       an alarm: its state, its actions, what a dashboard shows
//	datapoints.go  the data points that an evaluation sees
//	evaluate.go    which state they make
//	reason.go      and why, in CloudWatch's words
//
// What does not run here and is refused: anomaly detection bands, trimmed means
// and their kin, periods under a minute, look-backs over a day. A unit and an
// account are accepted and not looked at: the store has neither.
package alarm
