package local

import "testing"

func TestConditions(t *testing.T) {
	t.Parallel()
	conditions := map[string]any{
		"Yes": fromJSON(t, `{"Fn::Equals": [{"Ref": "Stage"}, "dev"]}`),
		"No":  fromJSON(t, `{"Fn::Equals": [{"Ref": "Stage"}, "prod"]}`),
	}
	for expression, want := range map[string]bool{
		`{"Condition": "Yes"}`:                                            true,
		`{"Condition": "No"}`:                                             false,
		`{"Fn::Equals": [{"Ref": "Size"}, "2"]}`:                          true, // a number equals its text
		`{"Fn::Equals": ["", ""]}`:                                        true,
		`{"Fn::Equals": ["a", "A"]}`:                                      false,
		`{"Fn::Not": [{"Condition": "No"}]}`:                              true,
		`{"Fn::Not": [{"Condition": "Yes"}]}`:                             false,
		`{"Fn::And": [{"Condition": "Yes"}, {"Condition": "Yes"}]}`:       true,
		`{"Fn::And": [{"Condition": "Yes"}, {"Condition": "No"}]}`:        false,
		`{"Fn::Or": [{"Condition": "No"}, {"Condition": "Yes"}]}`:         true,
		`{"Fn::Or": [{"Condition": "No"}, {"Condition": "No"}]}`:          false,
		`{"Fn::Or": [{"Condition": "Yes"}, {"Condition": "Unknown"}]}`:    true, // the first says it all
		`{"Fn::Not": [{"Fn::Or": [{"Condition": "No"}]}]}`:                true,
		`{"Fn::And": [{"Fn::Not": [{"Fn::Equals": ["x", "y"]}]}]}`:        true,
		`{"Fn::Equals": [{"Fn::If": ["Yes", "a", "b"]}, {"Ref": "One"}]}`: false,
	} {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			all := map[string]any{"Tested": fromJSON(t, expression), "Yes": conditions["Yes"], "No": conditions["No"]}
			r := testResolver(all)
			r.parameters["One"] = "1"
			got, err := r.condition("Tested")
			if err != nil || got != want {
				t.Errorf("got %v, %v, want %v", got, err, want)
			}
		})
	}
}

func TestConditionsNameWhatIsWrong(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		`{"Condition": "Tested"}`:                      "condition Tested needs itself",
		`{"Fn::Not": [{"Condition": "Other"}]}`:        "condition Tested needs itself",
		`{"Condition": "Unknown"}`:                     "condition Unknown does not exist",
		`{"Condition": 5}`:                             "condition Tested: is malformed",
		`{"Condition": ""}`:                            "condition Tested: is malformed",
		`"yes"`:                                        "condition Tested: is malformed",
		`{}`:                                           "condition Tested: is malformed",
		`{"Fn::Equals": ["a"]}`:                        "condition Tested: is malformed",
		`{"Fn::Equals": "a"}`:                          "condition Tested: is malformed",
		`{"Fn::Equals": [[], "a"]}`:                    "string is needed",
		`{"Fn::Equals": ["a", {"Ref": "Nobody"}]}`:     "Nobody was not created",
		`{"Fn::Not": []}`:                              "condition Tested: is malformed",
		`{"Fn::And": [{"Fn::Equals": ["a", []]}]}`:     "string is needed",
		`{"Fn::Contains": [["a"], "a"]}`:               "Fn::Contains is not known",
		`{"Fn::Not": [{"Fn::Equals": ["a", "a"]}, 1]}`: "condition Tested: is malformed",
	} {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			_, err := testResolver(map[string]any{
				"Tested": fromJSON(t, expression), "Other": fromJSON(t, `{"Condition": "Tested"}`),
			}).condition("Tested")
			wantError(t, err, want)
		})
	}
}

func TestNoConditionAlwaysHolds(t *testing.T) {
	t.Parallel()
	if holds, err := testResolver(nil).condition(""); !holds || err != nil {
		t.Errorf("got %v, %v", holds, err)
	}
}
