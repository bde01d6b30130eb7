package local

import (
	"fmt"
	"slices"
)

// placement is where a task runs.
type placement struct {
	Provider string `json:"capacity_provider"`
	Zone     string `json:"zone"`
}

// strategyItem is one capacity provider of a service's strategy.
type strategyItem struct {
	CapacityProvider string
	Weight           number
	Base             number
}

// checkStrategy refuses what ECS refuses.
func checkStrategy(strategy []strategyItem, has func(provider string) bool) error {
	bases, weights := 0, number(0)
	for _, item := range strategy {
		if !has(item.CapacityProvider) {
			return fmt.Errorf("its strategy names the capacity provider %s, which the cluster does not have: make the service depend on the association", item.CapacityProvider)
		}
		if item.Base > 0 {
			bases++
		}
		weights += item.Weight
	}
	if bases > 1 {
		return fmt.Errorf("its strategy has %d bases: only one capacity provider may have one", bases)
	}
	if len(strategy) > 0 && weights == 0 {
		return fmt.Errorf("its strategy has no weight above 0: no task could be placed")
	}
	return nil
}

// splitTasks says how many of n tasks each provider of the strategy runs: the
// base first, then by weight, what is left over to the largest fractions.
func splitTasks(strategy []strategyItem, n int) map[string]int {
	counts := make(map[string]int, len(strategy))
	total := number(0)
	for _, item := range strategy {
		base := min(int(item.Base), n)
		counts[item.CapacityProvider] += base
		n -= base
		total += item.Weight
	}
	if total == 0 {
		return counts
	}
	type part struct {
		provider string
		fraction number
	}
	var parts []part
	rest := n
	for _, item := range strategy {
		exact := number(n) * item.Weight / total
		counts[item.CapacityProvider] += int(exact)
		rest -= int(exact)
		parts = append(parts, part{item.CapacityProvider, exact - number(int(exact))})
	}
	slices.SortStableFunc(parts, func(a, b part) int {
		switch {
		case a.fraction > b.fraction:
			return -1
		case a.fraction < b.fraction:
			return 1
		}
		return 0
	})
	for _, p := range parts[:rest] {
		counts[p.provider]++
	}
	return counts
}

// nextPlacement chooses for one more task: the provider that is furthest below
// its share, and the zone with the fewest tasks.
func nextPlacement(strategy []strategyItem, zones []string, running []placement, desired int) placement {
	perProvider, perZone := map[string]int{}, map[string]int{}
	for _, p := range running {
		perProvider[p.Provider]++
		perZone[p.Zone]++
	}
	var next placement
	target := splitTasks(strategy, max(desired, len(running)+1))
	missing := 0
	for _, item := range strategy {
		if lack := target[item.CapacityProvider] - perProvider[item.CapacityProvider]; lack > missing {
			next.Provider, missing = item.CapacityProvider, lack
		}
	}
	for i, zone := range zones {
		if i == 0 || perZone[zone] < perZone[next.Zone] {
			next.Zone = zone
		}
	}
	return next
}

// surplus chooses which of a service's tasks goes when there are more than
// wanted: one that does not run yet, else one of the provider that is furthest
// above its share, in the zone with the most tasks, and of those the youngest
// (AWS: "Amazon ECS service scheduler": the balance of zones is kept).
func surplus(tasks []*task, strategy []strategyItem, want int) int {
	perProvider, perZone := map[string]int{}, map[string]int{}
	for _, t := range tasks {
		perProvider[t.place.Provider]++
		perZone[t.place.Zone]++
	}
	target := splitTasks(strategy, want)
	rank := func(t *task) [3]int {
		pending := 0
		if t.look().Status == taskPending {
			pending = 1
		}
		return [3]int{pending, perProvider[t.place.Provider] - target[t.place.Provider], perZone[t.place.Zone]}
	}
	chosen, highest := 0, [3]int{-1}
	for i, t := range tasks { // the oldest first: of equals the last one is chosen
		if r := rank(t); slices.Compare(r[:], highest[:]) >= 0 {
			chosen, highest = i, r
		}
	}
	return chosen
}
