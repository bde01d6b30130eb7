package local

import (
	"sync"
	"time"

	"catalog/local/metrics"
	"catalog/local/process"
)

const (
	// sampleEvery is how often the metrics are taken; CloudWatch's statistics
	// are by the minute.
	sampleEvery = 5 * time.Second
	// settle is how long after a minute's end its data are complete.
	settle = 2 * time.Second
)

// watcher takes the metrics, evaluates the alarms and moves the scaling, as
// CloudWatch and Application Auto Scaling do.
type watcher struct {
	environment *Environment
	quit        chan struct{}
	once        sync.Once
	done        chan struct{}
}

func startWatcher(e *Environment) *watcher {
	w := &watcher{environment: e, quit: make(chan struct{}), done: make(chan struct{})}
	go w.run()
	return w
}

func (w *watcher) run() {
	defer close(w.done)
	ticker := time.NewTicker(sampleEvery)
	defer ticker.Stop()
	var minute time.Time
	for {
		select {
		case <-w.quit:
			return
		case now := <-ticker.C:
			w.environment.sample(now)
			w.environment.scale(now)
			if this := now.Add(-settle).Truncate(time.Minute); this.After(minute) {
				minute = this
				w.environment.evaluateAlarms(now)
			}
		}
	}
}

func (w *watcher) stop() {
	w.once.Do(func() { close(w.quit) })
	<-w.done
}

// sample takes every metric once.
func (e *Environment) sample(now time.Time) {
	snapshot, err := process.Look()
	for _, s := range all[*service](e) {
		if err == nil {
			s.measure(snapshot, now)
		}
		s.count(now)
	}
	for _, db := range all[*database](e) {
		if err == nil {
			db.measure(snapshot, now)
		}
	}
	for _, lb := range all[*loadBalancer](e) {
		lb.collect(e.metrics, now)
	}
}

// Metrics are the environment's, by CloudWatch's names.
func (e *Environment) Metrics() *metrics.Store { return e.metrics }
