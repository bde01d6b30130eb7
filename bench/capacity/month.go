package capacity

import (
	"fmt"
	"math"
)

// Item is a line of a month's bill, in USD.
type Item struct {
	Name, How string
	USD       float64
}

// Month is what a load costs when it lasts all month.
func (n Need) Month(p Prices) (items []Item, total float64) {
	add := func(name string, usd float64, how string, args ...any) {
		items = append(items, Item{name, fmt.Sprintf(how, args...), usd})
		total += usd
	}
	onDemand, spot := split(n.Tasks)
	task := p.Hours * (vCPU*p.VCPUHour + taskGB*p.GBHour)
	add("Fargate", float64(onDemand)*task+float64(spot)*task*(1-p.SpotDiscount), "%d on demand, %d on Spot at %.0f %% less", onDemand, spot, p.SpotDiscount*100)
	add("Aurora capacity", auroraInstances*n.ACU*p.ACUHour*p.Hours, "%d × %g ACU", auroraInstances, n.ACU)
	add("Aurora storage and I/O", storageGB*p.StorageMonth+n.writes(p)*ioPerWrite*p.IOMillion/1e6, "%d GB; %d I/O a write, reads from its memory", storageGB, ioPerWrite)
	add("load balancer", p.Hours*(p.ALBHour+n.LCU*p.LCUHour), "%.1f capacity units, by %s", n.LCU, n.LCUBy)
	add("NAT gateways", 3*p.NATHour*p.Hours+n.NATGB*p.NATGB, "3, and %.0f GB of logs and traces", n.NATGB)
	add("public addresses", 6*p.AddressHour*p.Hours, "3 of the NAT gateways, 3 of the load balancer")
	add("logs", n.LogsGB*p.LogsGB, "%.0f GB", n.LogsGB)
	add("traces", n.requests(p)*sampledShare*p.TracesMillion/1e6, "%.0f %% of the requests", sampledShare*100)
	add("web ACL", p.WAFMonth+n.requests(p)/1e6*p.WAFMillion, "on in staging and prod")
	add("Insights, alarms, dashboard, keys, secrets, images", p.WatchMonth+p.RestMonth, "about")
	return items, total
}

const (
	storageGB = 20 // a million products with their indexes take less
	// ioPerWrite is an estimate: the pages of a row's ten indexes, in log records
	// of 4 KB (AWS: "Amazon Aurora pricing").
	ioPerWrite   = 8
	sampledShare = 0.05 // api/telemetry
)

func (n Need) requests(p Prices) float64 { return n.PerMinute * 60 * p.Hours }

func (n Need) writes(p Prices) float64 { return n.requests(p) * (Creates + Changes) / whole }

// split is what the capacity providers make of so many tasks: one on demand,
// and of the others 70 % on Spot.
func split(tasks int) (onDemand, spot int) {
	spot = int(math.Round(float64(tasks-onDemandBase) * spotShare))
	return tasks - spot, spot
}
