package local

import (
	"runtime"
	"strings"
	"time"

	"catalog/local/metrics"
	"catalog/local/process"
)

// measure takes the database's CPU and connections. Its CPU is in percent of
// this machine's processors, and so is the share of its largest capacity: the
// local server has no capacity units (AWS: "Amazon CloudWatch metrics for
// Amazon Aurora").
func (db *database) measure(snapshot process.Snapshot, now time.Time) {
	pid := db.server.PID()
	usage, runs := snapshot.Of(pid)
	if !runs {
		return
	}
	// PostgreSQL names each process: "postgres: user database host(port) …".
	connections := snapshot.Children(pid, func(command string) bool {
		return strings.HasPrefix(command, "postgres: "+db.props.MasterUsername+" ")
	})
	store := db.environment.metrics
	store.Put(db.metric("DatabaseConnections"), now, float64(connections))
	before := db.used
	db.used = databaseUsage{now, usage.CPU, pid}
	if before.at.IsZero() || !now.After(before.at) || before.pid != pid {
		return
	}
	percent := 100 * (usage.CPU - before.cpu).Seconds() / now.Sub(before.at).Seconds() / float64(runtime.NumCPU())
	store.Put(db.metric("CPUUtilization"), now, max(percent, 0))
	store.Put(db.metric("ACUUtilization"), now, max(percent, 0))
}

// databaseUsage is what a look before saw.
type databaseUsage struct {
	at  time.Time
	cpu time.Duration
	pid int
}

func (db *database) metric(name string) metrics.Key {
	return metrics.NewKey("AWS/RDS", name, map[string]string{"DBClusterIdentifier": db.ref()})
}
