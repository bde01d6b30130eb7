package main

import (
	"context"
	"syscall"
	"time"
)

// failOver kills the primary, promotes the standby and leads the tasks there.
func failOver(ctx context.Context, e *environment, s *stage) error {
	if err := e.addStandby(ctx); err != nil {
		return err
	}
	pause(ctx, calm) // commits wait for both servers meanwhile
	e.primary.hangUp(ctx)
	s.fault()
	e.proxy.cut() // Aurora's old writer loses the storage: nobody can write there any more
	if err := e.primary.signal(ctx, syscall.SIGKILL); err != nil {
		return err
	}
	promoted := &server{
		port: e.standby.server.Port(), username: e.primary.username, password: e.primary.password, authority: e.primary.authority,
		pid: func(context.Context) (int, error) { return e.standby.server.PID(), nil },
	}
	e.serving = promoted
	if err := promoted.execute(ctx, "SELECT pg_promote(true, 30)"); err != nil {
		return err
	}
	at := time.Now()
	if err := e.proxy.lead(promoted.port); err != nil {
		return err
	}
	s.lift()
	s.note("the standby was the writer %s after the fault's begin; until then every commit waited for both servers, as Aurora's replicas share one storage", seconds(at.Sub(s.begun)))
	s.note("the proxy takes no connection from the kill to the promotion, as Aurora shuts an old writer out of the storage; the place starts the old primary again, and nobody is led there")
	return nil
}
