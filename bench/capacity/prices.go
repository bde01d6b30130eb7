package capacity

import (
	"encoding/json"
	"fmt"
	"os"
)

// Prices are those of prices.json, in USD.
type Prices struct {
	Date          string  `json:"date"`
	Region        string  `json:"region"`
	Source        string  `json:"source"`
	Hours         float64 `json:"hours_per_month"`
	VCPUHour      float64 `json:"fargate_vcpu_hour"`
	GBHour        float64 `json:"fargate_gb_hour"`
	SpotDiscount  float64 `json:"fargate_spot_discount"`
	ACUHour       float64 `json:"aurora_acu_hour"`
	StorageMonth  float64 `json:"aurora_storage_gb_month"`
	IOMillion     float64 `json:"aurora_io_million"`
	NATHour       float64 `json:"nat_gateway_hour"`
	NATGB         float64 `json:"nat_gb"`
	AddressHour   float64 `json:"public_ipv4_hour"`
	ALBHour       float64 `json:"alb_hour"`
	LCUHour       float64 `json:"alb_lcu_hour"`
	LogsGB        float64 `json:"logs_gb"`
	TracesMillion float64 `json:"xray_million_traces"`
	WAFMonth      float64 `json:"waf_month"`
	WAFMillion    float64 `json:"waf_million_requests"`
	WatchMonth    float64 `json:"insights_alarms_dashboard_month"`
	RestMonth     float64 `json:"keys_secrets_images_month"`
	// InternetOut are steps: so much of a month's bytes costs this.
	InternetOut []Step `json:"internet_out_gb"`
}

// Step is the price of a GB up to so many.
type Step struct {
	UpTo  float64 `json:"up_to_gb"`
	Price float64 `json:"price"`
}

// ReadPrices reads a file like prices.json.
func ReadPrices(path string) (Prices, error) {
	var p Prices
	content, err := os.ReadFile(path)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(content, &p); err != nil {
		return p, fmt.Errorf("%s is no price list: %w", path, err)
	}
	return p, nil
}

// out is what so many GB to the internet cost.
func (p Prices) out(gb float64) (cost float64) {
	from := 0.0
	for _, s := range p.InternetOut {
		if gb <= from {
			break
		}
		cost += (min(gb, s.UpTo) - from) * s.Price
		from = s.UpTo
	}
	return cost
}
