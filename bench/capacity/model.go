package capacity

import (
	"math"
	"strings"

	"catalog/bench/measure"
)

// What the template says, and what AWS says of its services.
const (
	taskGB             = 1
	target             = 0.7 // A1
	minTasks, maxTasks = 2, 10
	onDemandBase       = 1   // of the capacity providers' strategy
	spotShare          = 0.7 // C2, of the rest
	// collectorVCPU is reserved for the tracing sidecar, which nobody measured.
	collectorVCPU = 64.0 / 1024
	// auroraInstances: writer and reader scale together (AWS: "Aurora Serverless v2",
	// promotion tiers 0 and 1).
	auroraInstances = 2
	minACU          = 0.5
	// vcpuPerACU is an estimate: AWS names memory alone, 2 GiB. A db.r6g.large
	// has 16 GiB, which are 8 ACUs, and 2 vCPUs.
	vcpuPerACU = 0.25
	rounding   = 1e-9 // of what floating point leaves above a half
	// devACU and prodACU are the profiles' largest capacities.
	devACU, prodACU = 4, 32
	// connectionsPerTask of two colours, and those that the least capacity
	// allows (AWS: "Maximum connections for Aurora Serverless v2").
	connectionsPerTask, colours, connectionsAllowed = 8, 2, 189
)

// A load balancer capacity unit (AWS: "Elastic Load Balancing pricing"): the
// dimension that needs most of them counts.
const (
	lcuConnections, lcuActive, lcuGB = 25, 3000, 1 // the first ten rules are free, and there are fewer
	// Clients keep a connection for so many requests, and so many seconds: our
	// assumption.
	requestsPerConnection, connectionSeconds = 10, 30
	headBytes                                = 400 // of an answer, about
)

// Loads are in requests a minute.
var Loads = []float64{1_000, 100_000, 1_000_000}

// Need is what a load takes.
type Need struct {
	PerMinute float64
	Tasks     int
	// CPU is the tasks' utilisation at that number, in percent.
	CPU float64
	// ACU is the writer's capacity at 70 % of its CPU.
	ACU         float64
	Connections int
	LCU         float64
	LCUBy       string
	OutGB       float64 // a month
	NATGB       float64
	LogsGB      float64
}

// TaskCPU is the CPU in seconds a second that the API of a task may use at the
// target, with the sidecar's reservation taken off.
func TaskCPU() float64 { return vCPU*target - collectorVCPU }

// PerTask is how many requests a minute a task takes at 70 % CPU, a value a
// round.
func (m *Measured) PerTask() []float64 { return perTask(m.API) }

// PerTaskUncached is the same if nothing were ever answered from memory.
func (m *Measured) PerTaskUncached() []float64 { return perTask(m.UncachedAPI) }

func perTask(micros []float64) []float64 {
	all := make([]float64, len(micros))
	for i, each := range micros {
		all[i] = TaskCPU() * 60 / (each / 1e6)
	}
	return all
}

// Ten are ten times those.
func Ten(tasks []float64) []float64 {
	all := make([]float64, len(tasks))
	for i, one := range tasks {
		all[i] = maxTasks * one
	}
	return all
}

// Needs says what a steady load takes, with the caches that a task had when it
// was measured, or as if nothing came from memory: a busy day is between them.
func (m *Measured) Needs(perMinute, hours float64, cached bool) Need {
	api, database := measure.Median(m.API), measure.Median(m.Database)
	perTask := measure.Median(m.PerTask())
	if !cached {
		api, database, perTask = measure.Median(m.UncachedAPI), measure.Median(m.UncachedDatabase), measure.Median(m.PerTaskUncached())
	}
	n := Need{PerMinute: perMinute}
	perSecond := perMinute / 60
	n.Tasks = max(minTasks, int(math.Ceil(perMinute/perTask)))
	n.CPU = 100 * (perSecond*api/1e6 + float64(n.Tasks)*collectorVCPU) / (float64(n.Tasks) * vCPU)
	cores := perSecond * database / 1e6
	n.ACU = max(minACU, math.Ceil(cores/target/vcpuPerACU*2-rounding)/2)
	n.Connections = n.Tasks * connectionsPerTask * colours
	month := perSecond * 3600 * hours
	const gb = 1 << 30
	n.OutGB = month * (m.AnswerBytes + headBytes) / gb
	n.LogsGB = month * m.LogBytes / gb
	n.NATGB = n.LogsGB + month*m.TraceBytes/gb
	n.LCU, n.LCUBy = lcus(perSecond, m.AnswerBytes+headBytes)
	return n
}

func lcus(perSecond, bytes float64) (float64, string) {
	connections := perSecond / requestsPerConnection
	most, by := 0.0, ""
	for _, d := range []struct {
		name  string
		units float64
	}{
		{"new connections", connections / lcuConnections},
		{"active connections", connections * connectionSeconds / lcuActive},
		{"processed bytes", perSecond * 3600 * bytes / (1 << 30) / lcuGB},
	} {
		if d.units > most {
			most, by = d.units, d.name
		}
	}
	return most, by
}

// Next names what gives way when a load grows: every limit that is reached.
func (n Need) Next() string {
	var all []string
	add := func(reached bool, what string) {
		if reached {
			all = append(all, what)
		}
	}
	add(n.Tasks > maxTasks, "more than ten tasks")
	add(n.Tasks == maxTasks, "the tenth task is the last")
	add(n.ACU > prodACU, "more than prod's 32 ACU")
	add(n.ACU > devACU && n.ACU <= prodACU, "more than dev's 4 ACU, prod has 32")
	add(n.Connections > connectionsAllowed, "connections, unless the largest capacity is above 1 ACU")
	if len(all) == 0 {
		return "nothing near"
	}
	return strings.Join(all, "; ")
}
