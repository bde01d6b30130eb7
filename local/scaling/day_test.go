package scaling_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"catalog/local/metrics"
	"catalog/local/scaling"
)

var cpu = metrics.NewKey("AWS/ECS", "CPUUtilization", map[string]string{"ClusterName": "cluster-catalog-dev", "ServiceName": "service-catalog-dev"})

// cpuPolicy is the template's policy.
func cpuPolicy() scaling.Policy {
	return scaling.Policy{Name: "scaling-cpu-dev", TargetValue: 70, ScaleOutCooldown: time.Minute, ScaleInCooldown: time.Minute, Metric: cpu}
}

// day is a simulated service: tasks start a minute after they are asked for, and
// a minute's CPU arrives a minute after it.
type day struct {
	scaler  *scaling.Scaler
	store   *metrics.Store
	load    func(since time.Duration) float64 // in percent of one task
	began   time.Time
	desired int
	running int
	starts  []time.Time // of tasks that were asked for

	used       float64 // CPU of the minute that goes on
	samples    float64
	minutes    []minuteOfDay
	activities []scaling.Activity
}

type minuteOfDay struct {
	load, cpu float64
	tasks     int
}

const tick = 10 * time.Second

// run lives through a day, and must be called in a synctest bubble.
func (d *day) run() {
	d.began = time.Now()
	d.store = metrics.NewStore()
	d.desired, d.running = 2, 2
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for time.Since(d.began) < 24*time.Hour {
		now := <-ticker.C
		d.work(now)
		if now.Sub(d.began)%time.Minute == 0 {
			d.report(now)
		}
		desired, activity := d.scaler.Tick(now, d.store, d.desired, false)
		if activity != nil {
			d.activities = append(d.activities, *activity)
			d.ask(now, desired)
		}
	}
}

func (d *day) ask(now time.Time, desired int) {
	for range desired - d.desired {
		d.starts = append(d.starts, now.Add(time.Minute))
	}
	d.desired = desired
	d.running = min(d.running, desired)
	d.starts = d.starts[:desired-d.running]
}

func (d *day) work(now time.Time) {
	for len(d.starts) > 0 && !d.starts[0].After(now) {
		d.starts = d.starts[1:]
		d.running++
	}
	d.used += min(100, d.load(now.Sub(d.began))/float64(d.running))
	d.samples++
}

func (d *day) report(now time.Time) {
	ended := minuteOfDay{d.load(now.Sub(d.began)), d.used / d.samples, d.running}
	d.minutes = append(d.minutes, ended)
	d.used, d.samples = 0, 0
	if count := len(d.minutes); count > 1 {
		d.store.Put(cpu, now.Add(-2*time.Minute), d.minutes[count-2].cpu)
	}
}

func newDay(t *testing.T, load func(time.Duration) float64) *day {
	t.Helper()
	scaler, err := scaling.New(scaling.Target{Min: 2, Max: 10}, []scaling.Policy{cpuPolicy()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &day{scaler: scaler, load: load}
}

// wantBounds holds S2 and A2: 2 to 10 tasks, no two actions within a minute.
func (d *day) wantBounds(t *testing.T) {
	t.Helper()
	for i, m := range d.minutes {
		if m.tasks < 2 || m.tasks > 10 {
			t.Errorf("S2: in minute %d there are %d tasks", i, m.tasks)
		}
	}
	for i := range d.activities[1:] {
		if a, b := d.activities[i], d.activities[i+1]; b.Time.Sub(a.Time) < time.Minute {
			t.Errorf("A2: %+v comes %v after %+v", b, b.Time.Sub(a.Time), a)
		}
	}
}

// plateau draws a line between corners of hours and loads.
func plateau(corners ...[2]float64) func(time.Duration) float64 {
	return func(since time.Duration) float64 {
		hour := since.Hours()
		for i := range corners[1:] {
			a, b := corners[i], corners[i+1]
			if hour <= b[0] {
				return a[1] + (b[1]-a[1])*(hour-a[0])/(b[0]-a[0])
			}
		}
		return corners[len(corners)-1][1]
	}
}

// The night's load is 60 % of one task, the peak's ten times that. A service of
// whole tasks comes within 10 points of 70 % only where some number of tasks
// does, so the steady phases have loads for which there is one.
func TestA1_A3_ADayWithATenfoldPeakKeepsCPUNear70(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t, plateau([2]float64{0, 60}, [2]float64{6, 60}, [2]float64{8, 270}, [2]float64{12, 270}, [2]float64{13, 600}, [2]float64{16, 600}, [2]float64{17, 410}, [2]float64{20, 410}, [2]float64{22, 60}, [2]float64{24, 60}))
		d.run()
		d.wantBounds(t)
		steady, highest := 0, 0
		for i, m := range d.minutes {
			highest = max(highest, m.tasks)
			if i < 45 || d.minutes[i-45].load != m.load || m.tasks == 2 || m.tasks == 10 {
				continue
			}
			steady++
			if math.Abs(m.cpu-70) > 10 {
				t.Errorf("A1: in minute %d, with %d tasks, CPU is %.1f %%", i, m.tasks, m.cpu)
			}
		}
		if steady < 300 || highest < 9 {
			t.Errorf("A1: %d minutes are steady and at most %d tasks ran: this was no test", steady, highest)
		}
		if last := d.minutes[len(d.minutes)-1]; last.tasks != 2 {
			t.Errorf("A3: at the end of the day there are %d tasks", last.tasks)
		}
	})
}

// A sudden tenfold load, at once: the hardest way up.
func TestA1_ASuddenTenfoldLoadIsMetWithinTenMinutes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t, func(since time.Duration) float64 {
			if since > 6*time.Hour && since < 9*time.Hour {
				return 600
			}
			return 60
		})
		d.run()
		d.wantBounds(t)
		for i := 370; i < 540; i++ {
			if d.minutes[i].cpu > 70 {
				t.Errorf("A1: in minute %d, with %d tasks, CPU is %.1f %%", i, d.minutes[i].tasks, d.minutes[i].cpu)
			}
		}
	})
}

func TestA2_NoisyDaysKeepTheBoundsAndTheMinuteBetweenActions(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 5))
			noise := 0.0
			d := newDay(t, func(since time.Duration) float64 {
				noise = 0.9*noise + 0.1*random.NormFloat64()
				curve := 330 - 270*math.Cos(2*math.Pi*since.Hours()/24)
				return max(0, curve*(1+noise))
			})
			d.run()
			d.wantBounds(t)
			over := 0
			for _, m := range d.minutes {
				if m.cpu > 90 {
					over++
				}
			}
			if over > len(d.minutes)/20 || len(d.activities) < 4 {
				t.Errorf("A1: on the noisy day %d CPU is above 90 %% in %d minutes, with %d actions", seed, over, len(d.activities))
			}
		})
	}
}
