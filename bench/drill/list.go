package main

// drills are all but the one of the disk, in their order. The releases come
// first: an alarm that an outage set off would roll a deployment back, as it
// should.
func drills() []drill {
	return []drill{
		{name: "deployment", title: "blue/green deployment", run: deploy, what: "a release with another log level goes out, blue/green, with a bake time of 5 s"},
		{name: "clock", title: "clock jump", run: jumpClock, prepare: prepareClock, what: "the tasks' wall clock jumps an hour ahead, and back"},
		{name: "rollback", title: "roll-back", run: rollBack, what: "the release before is brought back, blue/green"},
		{name: "spot", title: "Spot storm", run: storm, what: "Spot takes all of its tasks back at once"},
		{name: "task", title: "kill -9 of a task", run: killTask, what: "a task that the seed chooses is killed without a warning"},
		{name: "restart", title: "PostgreSQL restarted", run: restartDatabase, what: "PostgreSQL gets SIGINT, a fast shutdown, and is started again"},
		{name: "kill", title: "PostgreSQL killed -9", run: killDatabase, linux: true, what: "all of PostgreSQL's processes are killed; the next ones recover from its log"},
		{name: "pause", title: "PostgreSQL paused 30 s", run: pauseDatabase, linux: true, what: "all of PostgreSQL's processes are stopped for 30 s, with their connections open"},
		{name: "network", title: "slow network", run: slowNetwork, what: "toxiproxy between the tasks and PostgreSQL: latency, then little bandwidth, then resets"},
		{name: "connections", title: "connections exhausted", run: exhaust, what: "another client takes every connection that PostgreSQL allows and ends those of the tasks"},
		{name: "slowloris", title: "slowloris", run: slowloris, what: "hundreds of clients send a byte a second, through the load balancer and at a task"},
		{name: "import", title: "import killed half-way", run: killImport, what: "the task that takes in a feed of 100,000 rows is killed amid it"},
		{name: "failover", title: "fail-over to a standby", run: failOver, linux: true, what: "the primary is killed -9, the standby is promoted, and the endpoint leads there"},
	}
}

func diskDrill() drill {
	return drill{name: "disk", title: "full disk", what: "the disk of PostgreSQL's data, 512 MiB, is full for 10 s; then its log is used up as well"}
}
