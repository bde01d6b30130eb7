package cloud

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// CheckTasks wants so many tasks running, over as many zones of two at least,
// and as many healthy targets behind the load balancer (S2).
func (a *Account) CheckTasks(ctx context.Context, suffix string, wanted int) error {
	service, err := a.Service(ctx, suffix)
	if err != nil {
		return err
	}
	if service.Status == "" {
		return fmt.Errorf("there is no service %s: %s", service.Name, "make the environment with bin/catalogctl deploy --suffix "+suffix)
	}
	look := "look at bin/catalogctl status --aws --suffix " + suffix
	zones := map[string]bool{}
	for _, task := range service.Tasks {
		if task.Status == "RUNNING" {
			zones[task.Zone] = true
		}
	}
	if service.Running < wanted || len(zones) < min(wanted, 2) {
		return fmt.Errorf("%d tasks run in %d zones, want %d in two of them at least: %s", service.Running, len(zones), wanted, look)
	}
	targets, err := a.Targets(ctx, suffix)
	if err != nil {
		return err
	}
	healthy, others := 0, ""
	for _, one := range targets {
		if one.Health == "healthy" {
			healthy++
			continue
		}
		others += fmt.Sprintf(", %s is %s", one.Address, strings.TrimSpace(one.Health+" "+one.Reason))
	}
	if healthy < wanted {
		return fmt.Errorf("%d targets are healthy, want %d%s: %s", healthy, wanted, others, look)
	}
	return nil
}

// CheckAlarms wants alarms, and none that is on (O4). One that has too little
// data yet is not on.
func (a *Account) CheckAlarms(ctx context.Context, suffix string) error {
	alarms, err := a.Alarms(ctx, suffix)
	if err != nil {
		return err
	}
	if len(alarms) == 0 {
		return fmt.Errorf("the environment %s has no alarm: bin/catalogctl deploy --suffix %s makes them", suffix, suffix)
	}
	var on []string
	for _, alarm := range alarms {
		if alarm.State == "ALARM" {
			on = append(on, alarm.Name+" ("+alarm.Reason+")")
		}
	}
	if len(on) > 0 {
		return fmt.Errorf("alarms are on: %s: docs/runbooks say what to do about each", strings.Join(on, ", "))
	}
	return nil
}

// CheckInsights wants the cluster watched down to its containers (O1).
func (a *Account) CheckInsights(ctx context.Context, suffix string) error {
	value, err := a.ContainerInsights(ctx, suffix)
	if err == nil && value != "enhanced" {
		return fmt.Errorf("the cluster's Container Insights are %s, want enhanced: somebody has changed the cluster, bin/catalogctl deploy --diff --suffix %s shows it", value, suffix)
	}
	return err
}

// CheckTraces sends requests until a trace of the service's is there (O2).
// X-Ray takes a while to show what it has got.
func (a *Account) CheckTraces(ctx context.Context, suffix string, patience, pause time.Duration, send func() error) error {
	for deadline := time.Now().Add(patience); ; {
		if err := send(); err != nil {
			return err
		}
		n, err := a.Traces(ctx, suffix, 5*time.Minute)
		if err != nil || n > 0 {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("no trace of the service arrived within %s: see in the logs of the tasks that the collector runs", patience)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
