package template

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const runbookFolder = "../../docs/runbooks"

// alarmsOf answers the alarms of an environment by what stands between
// "alarm-" and its suffix.
func alarmsOf(e *environment) map[string]map[string]any {
	found := map[string]map[string]any{}
	for _, alarm := range e.catalog.all("AWS::CloudWatch::Alarm") {
		name := strings.TrimPrefix(strings.TrimSuffix(alarm["AlarmName"].(string), "-"+e.suffix), "alarm-")
		found[name] = alarm
	}
	return found
}

// documented is a row of the table of alarms, as text.
type documented struct{ condition, datapoints, missing, rollsBack string }

// alarmRow takes such a row apart; the link must lead to the alarm's runbook.
var alarmRow = regexp.MustCompile(`^\| \[([a-z-]+)\]\(([a-z-]+)\.md\) \| (.+) \| (\d+ of \d+) \| (\w+) \| (yes|no) \|$`)

func documentedAlarms(t *testing.T) map[string]documented {
	t.Helper()
	rows := map[string]documented{}
	for _, line := range strings.Split(read(t, filepath.Join(runbookFolder, "README.md")), "\n") {
		if row := alarmRow.FindStringSubmatch(line); row != nil {
			if row[1] != row[2] {
				t.Errorf("the row of %s links %s.md", row[1], row[2])
			}
			rows[row[1]] = documented{row[3], row[4], row[5], row[6]}
		}
	}
	return rows
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestChecklist47_DocumentedThresholdsAreTheTemplates: threshold, data points,
// missing data and roll-back of each row are those of the synthesized alarm.
func TestChecklist47_DocumentedThresholdsAreTheTemplates(t *testing.T) {
	t.Parallel()
	rows := documentedAlarms(t)
	for name, e := range environments {
		alarms := alarmsOf(e)
		_, service := e.catalog.one(t, "AWS::ECS::Service")
		rollBack := in(service, "DeploymentConfiguration", "Alarms", "AlarmNames").([]any)
		for alarm, properties := range alarms {
			row, ok := rows[alarm]
			if !ok {
				t.Errorf("%s: %s has no row in %s/README.md", name, alarm, runbookFolder)
				continue
			}
			sign := map[any]string{"GreaterThanThreshold": ">", "LessThanThreshold": "<"}[properties["ComparisonOperator"]]
			if limit := fmt.Sprintf(" %s %v ", sign, properties["Threshold"]); sign == "" || !strings.Contains(row.condition, limit) {
				t.Errorf("%s: %s is documented to fire at %q, want %q and a unit in it", name, alarm, row.condition, limit)
			}
			undone := "no"
			if slices.Contains(rollBack, properties["AlarmName"]) {
				undone = "yes"
			}
			row.condition = ""
			if want := (documented{
				"", fmt.Sprintf("%v of %v", properties["DatapointsToAlarm"], properties["EvaluationPeriods"]),
				properties["TreatMissingData"].(string), undone,
			}); row != want {
				t.Errorf("%s: %s is documented as %v, want %v", name, alarm, row, want)
			}
		}
		for row := range rows {
			if alarms[row] == nil {
				t.Errorf("%s: the documented alarm %s does not exist", name, row)
			}
		}
	}
}

// TestChecklist47_EveryAlarmHasARunbook, which its description names, and no
// runbook is about an alarm that does not exist.
func TestChecklist47_EveryAlarmHasARunbook(t *testing.T) {
	t.Parallel()
	headings := []string{"## What it means", "## What to look at", "## What to do"}
	alarms := alarmsOf(dev)
	for name, alarm := range alarms {
		if link := "Runbook: docs/runbooks/" + name + ".md"; !strings.HasSuffix(alarm["AlarmDescription"].(string), link) {
			t.Errorf("the description of %s does not end with %q", name, link)
		}
		text := read(t, filepath.Join(runbookFolder, name+".md"))
		if !strings.HasPrefix(text, "# alarm-"+name+"\n") {
			t.Errorf("the runbook %s.md is not entitled alarm-%s", name, name)
		}
		var found []string
		for _, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(line, "## ") {
				found = append(found, line)
			}
		}
		if !slices.Equal(found, headings) {
			t.Errorf("the runbook %s.md has the headings %q, want %q", name, found, headings)
		}
	}
	files, err := filepath.Glob(filepath.Join(runbookFolder, "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no runbooks: %v", err)
	}
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".md"); name != "README" && alarms[name] == nil {
			t.Errorf("%s is a runbook of no alarm", file)
		}
	}
}

// physicalName is a name of the stack as a runbook writes it.
var physicalName = regexp.MustCompile(`[a-z0-9/-]+-\$SUFFIX(/postgresql|/performance)?`)

// TestChecklist47_RunbooksNameWhatExists: a command with a wrong name fails
// when somebody is in a hurry.
func TestChecklist47_RunbooksNameWhatExists(t *testing.T) {
	t.Parallel()
	known := prod.registry.text(t) + prod.catalog.text(t) + `"secret-catalog-db-live" "secret-catalog-api-live"`
	files, err := filepath.Glob(filepath.Join(runbookFolder, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, file := range files {
		for _, name := range physicalName.FindAllString(read(t, file), -1) {
			seen++
			if !strings.HasPrefix(name, "/aws/") { // service/cluster-…/service-… are two names
				name = path.Base(name)
			}
			if !strings.Contains(known, `"`+strings.ReplaceAll(name, "$SUFFIX", prod.suffix)+`"`) {
				t.Errorf("%s: nothing is called %s", filepath.Base(file), name)
			}
		}
	}
	if seen < 30 {
		t.Errorf("the runbooks hold only %d names", seen)
	}
}

// TestChecklist11_EventsAreDocumented: each rule has a row.
func TestChecklist11_EventsAreDocumented(t *testing.T) {
	t.Parallel()
	text := read(t, filepath.Join(runbookFolder, "README.md"))
	for _, rule := range dev.catalog.all("AWS::Events::Rule") {
		name := strings.TrimSuffix(rule["Name"].(string), "-pr-42")
		if !strings.Contains(text, "| `"+name+"-{suffix}` |") {
			t.Errorf("%s is not in the table of events", name)
		}
	}
}
