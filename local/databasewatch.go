package local

import (
	"context"
	"time"
)

// restartPause is how long after a restart that failed the next one is tried.
const restartPause = time.Second

// watch starts the server again when it ends by itself, as Aurora does with a
// writer that fails (AWS: "High availability for Amazon Aurora").
func (db *database) watch() {
	defer close(db.watched)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		<-db.quit
		cancel()
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case <-db.server.Done():
		}
		if ctx.Err() != nil {
			return
		}
		db.event(DatabaseStopped, "it ended by itself and is started again")
		if !db.restore(ctx) {
			return
		}
	}
}

// restore tries until the server answers; false when it is to stop.
func (db *database) restore(ctx context.Context) bool {
	for {
		begin := time.Now()
		err := db.server.Restart(ctx)
		if ctx.Err() != nil {
			return false
		}
		if err == nil {
			db.event(DatabaseRestored, "after "+time.Since(begin).Round(time.Millisecond).String())
			return true
		}
		db.event(DatabaseFailed, err.Error())
		select {
		case <-ctx.Done():
			return false
		case <-time.After(restartPause):
		}
	}
}

func (db *database) event(status, detail string) {
	db.environment.report(Event{Stack: db.stack.Name, ID: db.id, Type: db.typ, Status: status, Detail: detail})
}
