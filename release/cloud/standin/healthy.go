package standin

// Healthy answers as a service with two tasks in two zones does: their targets
// are healthy, no alarm is on, the cluster is watched, and traces arrive. A
// test breaks it by another answer.
func (a *AWS) Healthy(suffix string) {
	a.Do(func() {
		a.LiveGroup = "tg-blue-" + suffix
		for action, answer := range map[string]string{
			"DescribeServices":     `{"services":[{"status":"ACTIVE","desiredCount":2,"runningCount":2}]}`,
			"ListTasks":            `{"taskArns":["arn:aws:ecs:r:1:task/c/1","arn:aws:ecs:r:1:task/c/2"]}`,
			"DescribeTasks":        `{"tasks":[` + task("1", "a") + `,` + task("2", "b") + `]}`,
			"DescribeTargetHealth": "<TargetHealthDescriptions>" + target("10.0.0.1", "healthy", "") + target("10.0.0.2", "healthy", "") + "</TargetHealthDescriptions>",
			"DescribeAlarms":       `{"MetricAlarms":[{"AlarmName":"alarm-api-errors-` + suffix + `","StateValue":"OK"},{"AlarmName":"alarm-new-` + suffix + `","StateValue":"INSUFFICIENT_DATA"}]}`,
			"DescribeClusters":     `{"clusters":[{"clusterName":"cluster-catalog-` + suffix + `","settings":[{"name":"containerInsights","value":"enhanced"}]}]}`,
			"GetTraceSummaries":    `{"TraceSummaries":[{"Id":"1-00000000-000000000000000000000001"}]}`,
		} {
			a.Answers[action] = answer
		}
	})
}

// Break makes one thing of a healthy service as it should not be.
func (a *AWS) Break(suffix, what string) {
	answers := map[string]map[string]string{
		"task": {
			"DescribeServices": `{"services":[{"status":"ACTIVE","desiredCount":2,"runningCount":1}]}`,
			"DescribeTasks":    `{"tasks":[` + task("1", "a") + `]}`,
		},
		"zone":     {"DescribeTasks": `{"tasks":[` + task("1", "a") + `,` + task("2", "a") + `]}`},
		"target":   {"DescribeTargetHealth": "<TargetHealthDescriptions>" + target("10.0.0.1", "healthy", "") + target("10.0.0.2", "unhealthy", "Health checks failed with these codes: [503]") + "</TargetHealthDescriptions>"},
		"alarm":    {"DescribeAlarms": `{"MetricAlarms":[{"AlarmName":"alarm-api-errors-` + suffix + `","StateValue":"ALARM","StateReason":"7 datapoints were over 1"}]}`},
		"alarms":   {"DescribeAlarms": `{"MetricAlarms":[{"AlarmName":"alarm-api-errors-another","StateValue":"OK"}]}`},
		"insights": {"DescribeClusters": `{"clusters":[{"settings":[{"name":"containerInsights","value":"disabled"}]}]}`},
		"trace":    {"GetTraceSummaries": `{"TraceSummaries":[]}`},
	}[what]
	if answers == nil {
		panic("nothing is called " + what)
	}
	a.Do(func() {
		for action, answer := range answers {
			a.Answers[action] = answer
		}
	})
}

func task(id, zone string) string {
	return `{"taskArn":"arn:aws:ecs:r:1:task/c/` + id + `","lastStatus":"RUNNING","availabilityZone":"ap-southeast-2` + zone + `"}`
}

func target(address, health, why string) string {
	return "<member><Target>" + element("Id", address) + "</Target><TargetHealth>" + element("State", health) + element("Description", why) + "</TargetHealth></member>"
}
