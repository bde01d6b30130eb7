package traces

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// SamplingRule is an X-Ray sampling rule with the members of the template's
// AWS::XRay::SamplingRule, so that its SamplingRule property can be read into
// one (AWS: "SamplingRule" of the X-Ray API).
type SamplingRule struct {
	RuleName    string
	RuleARN     string `json:",omitempty"`
	ResourceARN string
	// Priority is 1 to 9999; the least is tried first.
	Priority int
	// FixedRate is how much is sampled once the reservoir is empty: 0 to 1.
	FixedRate float64
	// ReservoirSize is how many requests a second are sampled before FixedRate
	// counts.
	ReservoirSize int
	ServiceName   string
	ServiceType   string
	Host          string
	HTTPMethod    string
	URLPath       string
	Version       int
	Attributes    map[string]string `json:",omitempty"`
}

// defaultRule is what every account has: one request a second, and 5 % of the
// rest (AWS: "Configuring sampling rules").
var defaultRule = SamplingRule{
	RuleName: "Default", ResourceARN: "*", Priority: 10000, FixedRate: 0.05, ReservoirSize: 1,
	ServiceName: "*", ServiceType: "*", Host: "*", HTTPMethod: "*", URLPath: "*", Version: 1,
}

// sampling answers what X-Ray's SDKs ask the daemon for by HTTP.
type sampling struct {
	mu       sync.Mutex
	rules    []SamplingRule
	modified time.Time
	quotas   quotas
}

func newSampling() *sampling {
	s := &sampling{}
	s.set(nil)
	return s
}

// set takes rules in any order; the default one is added where it is missing.
func (s *sampling) set(rules []SamplingRule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = slices.Clone(rules)
	if !slices.ContainsFunc(rules, func(r SamplingRule) bool { return r.RuleName == defaultRule.RuleName }) {
		s.rules = append(s.rules, defaultRule)
	}
	slices.SortStableFunc(s.rules, func(a, b SamplingRule) int { return a.Priority - b.Priority })
	s.modified = time.Now()
}

// handler is the HTTP half of the daemon.
func (s *sampling) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /GetSamplingRules", s.getRules)
	mux.HandleFunc("POST /SamplingTargets", s.getTargets)
	return mux
}

// ruleRecord is AWS's SamplingRuleRecord; times are Unix seconds.
type ruleRecord struct {
	SamplingRule          SamplingRule
	CreatedAt, ModifiedAt float64
}

// getRules is X-Ray's GetSamplingRules; all rules fit into one page.
func (s *sampling) getRules(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	records := make([]ruleRecord, len(s.rules))
	for i, rule := range s.rules {
		records[i] = ruleRecord{rule, unixSeconds(s.modified), unixSeconds(s.modified)}
	}
	s.mu.Unlock()
	answerJSON(w, http.StatusOK, map[string]any{"NextToken": nil, "SamplingRuleRecords": records})
}

// maxStatistics is how many bytes a report of an SDK may have.
const maxStatistics = 1 << 20

// target is AWS's SamplingTargetDocument: Interval is in seconds, the quota in
// requests a second, its end a Unix time.
type target struct {
	RuleName          string
	FixedRate         float64
	Interval          int
	ReservoirQuota    int
	ReservoirQuotaTTL float64
}

// unprocessed is AWS's UnprocessedStatistics.
type unprocessed struct{ RuleName, ErrorCode, Message string }

// getTargets is X-Ray's GetSamplingTargets: what each rule gives the client
// that reports.
func (s *sampling) getTargets(w http.ResponseWriter, r *http.Request) {
	var report struct {
		SamplingStatisticsDocuments []struct{ RuleName, ClientID string }
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, maxStatistics)).Decode(&report); err != nil {
		answerJSON(w, http.StatusBadRequest, map[string]string{"Message": "the report is no JSON: " + err.Error()})
		return
	}
	now := time.Now()
	targets, unknown := []target{}, []unprocessed{}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range report.SamplingStatisticsDocuments {
		i := slices.IndexFunc(s.rules, func(r SamplingRule) bool { return r.RuleName == d.RuleName })
		if i < 0 {
			unknown = append(unknown, unprocessed{clip(d.RuleName), "400", "no rule has this name"})
			continue
		}
		rule := s.rules[i]
		targets = append(targets, target{
			RuleName: rule.RuleName, FixedRate: rule.FixedRate, Interval: int(reportInterval / time.Second),
			ReservoirQuota:    s.quotas.share(rule.RuleName, d.ClientID, rule.ReservoirSize, now),
			ReservoirQuotaTTL: unixSeconds(now.Add(quotaLife)),
		})
	}
	answerJSON(w, http.StatusOK, map[string]any{
		"LastRuleModification": unixSeconds(s.modified), "SamplingTargetDocuments": targets, "UnprocessedStatistics": unknown,
	})
}

func unixSeconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func answerJSON(w http.ResponseWriter, code int, answer any) {
	w.Header().Set("Content-Type", typeJSON)
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(answer)
}
