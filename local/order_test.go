package local

import (
	"slices"
	"testing"
)

func TestOrderPutsNeedsFirstAndIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	needs := map[string][]string{
		"service": {"task", "rule"}, "rule": {"listener"}, "listener": {"balancer"}, "task": {"logs"},
		"balancer": nil, "logs": nil, "alone": nil, "zebra": {"alone"},
	}
	want := []string{"alone", "balancer", "listener", "logs", "rule", "task", "service", "zebra"}
	for range 50 { // a map's own order differs from one loop to the next
		got, err := inOrder(needs)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

func TestOrderNamesACircle(t *testing.T) {
	t.Parallel()
	for range 20 {
		_, err := inOrder(map[string][]string{"a": {"b"}, "b": {"c"}, "c": {"d", "b"}, "d": nil})
		wantError(t, err, "circle: b → c → b")
	}
	_, err := inOrder(map[string][]string{"self": {"self"}})
	wantError(t, err, "circle: self → self")
}

func TestOrderNamesAnUnknownReference(t *testing.T) {
	t.Parallel()
	_, err := inOrder(map[string][]string{"service": {"ghost"}})
	wantError(t, err, "service refers to ghost, which does not exist")
}

func TestResourceNeedsAreFoundInEveryFunction(t *testing.T) {
	t.Parallel()
	for properties, want := range map[string][]string{
		`{"A": {"Ref": "X"}}`:                                                       {"X"},
		`{"A": {"Ref": "Stage"}}`:                                                   {}, // a parameter
		`{"A": {"Ref": "AWS::Region"}}`:                                             {},
		`{"A": {"Fn::GetAtt": ["X", "Arn"]}}`:                                       {"X"},
		`{"A": {"Fn::GetAtt": "X.Endpoint.Port"}}`:                                  {"X"},
		`{"A": {"Fn::Sub": "${X}-${Y.Arn}-${AWS::Region}-${Stage}-${!Z}"}}`:         {"X", "Y"},
		`{"A": {"Fn::Sub": ["${Own}${X}", {"Own": {"Fn::GetAtt": ["Y", "Arn"]}}]}}`: {"X", "Y"},
		`{"A": [{"B": {"Fn::Join": ["", [{"Ref": "X"}, {"Ref": "X"}]]}}]}`:          {"X"},
		`{"A": {"Fn::If": ["Cond", {"Ref": "X"}, {"Ref": "Y"}]}}`:                   {"X", "Y"},
		`{"A": "Ref"}`: {},
	} {
		t.Run(properties, func(t *testing.T) {
			t.Parallel()
			template := Template{
				Parameters: map[string]Parameter{"Stage": {}},
				Resources:  map[string]Declaration{"R": {Properties: fromJSON(t, properties).(map[string]any)}},
			}
			if got := template.resourceNeeds()["R"]; !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestDependsOnIsATextOrAList(t *testing.T) {
	t.Parallel()
	template := Template{Resources: map[string]Declaration{
		"One":  {DependsOn: "X"},
		"Many": {DependsOn: []any{"Y", "X"}, Properties: map[string]any{"A": map[string]any{"Ref": "Z"}}},
		"None": {},
	}}
	needs := template.resourceNeeds()
	for id, want := range map[string][]string{"One": {"X"}, "Many": {"X", "Y", "Z"}, "None": nil} {
		if !slices.Equal(needs[id], want) {
			t.Errorf("%s needs %q, want %q", id, needs[id], want)
		}
	}
}
