package local

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// catalogStrategy is the template's: Spot 70, on demand 30 with a base of 1.
var catalogStrategy = []strategyItem{
	{CapacityProvider: "FARGATE_SPOT", Weight: 70}, {CapacityProvider: "FARGATE", Weight: 30, Base: 1},
}

// The base of 1 comes first, the rest by weight: 1 of 2, 3 and 9 tasks.
func TestC2_SplitAt2_4_10Tasks(t *testing.T) {
	t.Parallel()
	for tasks, want := range map[int]map[string]int{
		0:  {"FARGATE_SPOT": 0, "FARGATE": 0},
		1:  {"FARGATE_SPOT": 0, "FARGATE": 1},
		2:  {"FARGATE_SPOT": 1, "FARGATE": 1},
		4:  {"FARGATE_SPOT": 2, "FARGATE": 2},
		10: {"FARGATE_SPOT": 6, "FARGATE": 4},
	} {
		if got := splitTasks(catalogStrategy, tasks); !maps.Equal(got, want) {
			t.Errorf("%d tasks are split into %v, want %v", tasks, got, want)
		}
	}
}

func TestC2_EverySplitPlacesEveryTask(t *testing.T) {
	t.Parallel()
	for _, strategy := range [][]strategyItem{
		catalogStrategy,
		{{CapacityProvider: "FARGATE", Weight: 1}},
		{{CapacityProvider: "A", Weight: 1}, {CapacityProvider: "B", Weight: 1}, {CapacityProvider: "C", Weight: 1, Base: 3}},
		{{CapacityProvider: "A", Weight: 0, Base: 2}, {CapacityProvider: "B", Weight: 5}},
	} {
		before := map[string]int{}
		for tasks := range 101 {
			split, sum := splitTasks(strategy, tasks), 0
			for provider, n := range split {
				sum += n
				if n < 0 || n < before[provider]-1 {
					t.Errorf("%+v: %d tasks put %d on %s after %d", strategy, tasks, n, provider, before[provider])
				}
			}
			if sum != tasks {
				t.Errorf("%+v: %d tasks are split into %v", strategy, tasks, split)
			}
			before = split
		}
	}
}

// Tasks launched one by one end up as the strategy says, over all zones.
func TestC2_N1_PlacementsReachTheSplitAndSpreadZones(t *testing.T) {
	t.Parallel()
	zones := []string{"ap-southeast-2a", "ap-southeast-2b", "ap-southeast-2c"}
	for _, desired := range []int{1, 2, 3, 4, 7, 10} {
		var running []placement
		for range desired {
			running = append(running, nextPlacement(catalogStrategy, zones, running, desired))
		}
		providers, perZone := map[string]int{}, map[string]int{}
		for _, p := range running {
			providers[p.Provider]++
			perZone[p.Zone]++
		}
		for provider, want := range splitTasks(catalogStrategy, desired) {
			if providers[provider] != want {
				t.Errorf("%d tasks: %d on %s, want %d", desired, providers[provider], provider, want)
			}
		}
		for _, zone := range zones {
			if n := perZone[zone]; n < desired/3 || n > (desired+2)/3 {
				t.Errorf("%d tasks: %d in %s, want them spread evenly: %v", desired, n, zone, perZone)
			}
		}
	}
}

// A task that a Spot reclaim took is replaced on Spot, in the zone it left.
func TestS2_AReplacementTakesTheFreePlace(t *testing.T) {
	t.Parallel()
	zones := []string{"a", "b", "c"}
	running := []placement{{"FARGATE", "a"}, {"FARGATE_SPOT", "c"}, {"FARGATE", "a"}}
	if got, want := nextPlacement(catalogStrategy, zones, running, 4), (placement{"FARGATE_SPOT", "b"}); got != want {
		t.Errorf("the next task goes to %v, want %v", got, want)
	}
	if got := nextPlacement(nil, nil, nil, 1); got != (placement{}) {
		t.Errorf("without a strategy and zones a task is placed at %v", got)
	}
}

func TestC2_StrategiesThatECSRefuses(t *testing.T) {
	t.Parallel()
	both := []string{"FARGATE", "FARGATE_SPOT"}
	for i, c := range []struct {
		strategy  []strategyItem
		providers []string
		want      string
	}{
		{catalogStrategy, both, ""},
		{nil, nil, ""},
		{catalogStrategy, []string{"FARGATE"}, "the capacity provider FARGATE_SPOT, which the cluster does not have: make the service depend on the association"},
		{catalogStrategy, nil, "which the cluster does not have"},
		{[]strategyItem{{"FARGATE", 1, 1}, {"FARGATE_SPOT", 1, 1}}, both, "2 bases"},
		{[]strategyItem{{"FARGATE", 0, 1}, {"FARGATE_SPOT", 0, 0}}, both, "no weight above 0"},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			err := checkStrategy(c.strategy, func(p string) bool { return slices.Contains(c.providers, p) })
			if c.want != "" {
				wantError(t, err, c.want)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}
