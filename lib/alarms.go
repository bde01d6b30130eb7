package lib

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	cw "github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"catalog/lib/settings"
)

// alarm is one row of the table below. Each has a runbook of its name in
// docs/runbooks/, and a row with the same numbers in that folder's README.
type alarm struct {
	name   string
	what   string // the first sentence of its description
	metric cw.IMetric
	// above, or below where under is set, for so many of the last periods.
	threshold          float64
	under              bool
	datapoints, within int
	// missing is what a period without data counts as.
	missing cw.TreatMissingData
	// rollBack undoes a deployment under way.
	rollBack bool
}

// alarmTable is every alarm. To add one, add a row here and its runbook.
func alarmTable(m metrics) []alarm {
	const (
		breaching = cw.TreatMissingData_BREACHING
		fine      = cw.TreatMissingData_NOT_BREACHING
		unknown   = cw.TreatMissingData_MISSING
	)
	return []alarm{
		{"cpu-high", "O3: the tasks' CPU is above 80 %", m.service("CPUUtilization", average), 80, false, 3, 3, unknown, false},
		{"tasks-low", "O4: fewer than 2 tasks run", m.insights("RunningTaskCount", minimum), settings.MinTasks, true, 2, 2, breaching, false},
		{"errors-high", "More than 1 % of the requests are answered 5xx", m.errorPercent(), 1, false, 3, 5, fine, true},
		{"latency-high", "One request in a hundred takes longer than a second", m.balancer("TargetResponseTime", p99), 1, false, 3, 5, fine, true},
		{"hosts-unhealthy-blue", "The blue group has an unhealthy task", m.group(m.routing.blue, "UnHealthyHostCount", maximum), 0, false, 3, 3, fine, false},
		{"hosts-unhealthy-green", "The green group has an unhealthy task", m.group(m.routing.green, "UnHealthyHostCount", maximum), 0, false, 3, 3, fine, false},
		{"database-cpu-high", "The database's CPU is above 80 %", m.database("CPUUtilization", average), 80, false, 5, 5, unknown, false},
		{"database-connections-high", "The database has more connections than the tasks of both colours may hold", m.database("DatabaseConnections", maximum), taskConnections, false, 3, 3, unknown, false},
		{"database-capacity-high", "The database is at more than 90 % of its largest capacity", m.database("ACUUtilization", average), 90, false, 15, 15, unknown, false},
		{"database-replica-lag-high", "The reader is more than a second behind the writer", m.database("AuroraReplicaLagMaximum", maximum), 1000, false, 5, 5, fine, false},
	}
}

// runbooks is where an alarm's description sends its reader.
const runbooks = "docs/runbooks/"

func alarmName(config settings.Config, name string) string { return config.Name("alarm", name) }

// newAlarms declares the table. Every alarm tells the topic when it goes off
// and when it is over.
func newAlarms(stack awscdk.Stack, config settings.Config, m metrics, topic awssns.Topic) (all []cw.Alarm, rollBack []string) {
	tell := awscloudwatchactions.NewSnsAction(topic)
	for _, a := range alarmTable(m) {
		comparison := cw.ComparisonOperator_GREATER_THAN_THRESHOLD
		if a.under {
			comparison = cw.ComparisonOperator_LESS_THAN_THRESHOLD
		}
		declared := cw.NewAlarm(stack, jsii.String("Alarm-"+a.name), &cw.AlarmProps{
			AlarmName:          jsii.String(alarmName(config, a.name)),
			AlarmDescription:   jsii.String(fmt.Sprintf("%s. Runbook: %s%s.md", a.what, runbooks, a.name)),
			Metric:             a.metric,
			Threshold:          jsii.Number(a.threshold),
			ComparisonOperator: comparison,
			DatapointsToAlarm:  jsii.Number(a.datapoints),
			EvaluationPeriods:  jsii.Number(a.within),
			TreatMissingData:   a.missing,
		})
		declared.AddAlarmAction(tell)
		declared.AddOkAction(tell)
		all = append(all, declared)
		if a.rollBack {
			rollBack = append(rollBack, alarmName(config, a.name))
		}
	}
	return all, rollBack
}
