package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// testResolver knows two resources, two parameters and one secret.
func testResolver(conditions map[string]any) *resolver {
	attributes := map[string]any{"Bucket": "bucket-dev", "Bucket.Arn": "arn:bucket", "Database.Endpoint.Port": "5432"}
	return &resolver{
		stack:      Stack{Name: "stack-test", Region: "ap-southeast-2", Template: Template{Conditions: conditions}},
		parameters: map[string]any{"Stage": "dev", "Size": float64(2)},
		reference: func(id, attribute string) (any, error) {
			name := strings.TrimSuffix(id+"."+attribute, ".")
			if value, ok := attributes[name]; ok {
				return value, nil
			}
			return nil, fmt.Errorf("%s was not created", name)
		},
		secret: func(id, key string) (string, error) {
			if key == "missing" {
				return "", errors.New("secret " + id + " has no key " + key)
			}
			return "<" + id + "/" + key + ">", nil
		},
		evaluating: map[string]bool{},
	}
}

func fromJSON(t testing.TB, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return value
}

func TestIntrinsicsGiveTheirValue(t *testing.T) {
	t.Parallel()
	conditions := map[string]any{
		"IsDev":  fromJSON(t, `{"Fn::Equals": [{"Ref": "Stage"}, "dev"]}`),
		"IsProd": fromJSON(t, `{"Fn::Equals": [{"Ref": "Stage"}, "prod"]}`),
	}
	for name, c := range map[string]struct{ give, want string }{
		"parameter":               {`{"Ref": "Stage"}`, `"dev"`},
		"number parameter":        {`{"Ref": "Size"}`, `2`},
		"resource":                {`{"Ref": "Bucket"}`, `"bucket-dev"`},
		"account":                 {`{"Ref": "AWS::AccountId"}`, `"000000000000"`},
		"region":                  {`{"Ref": "AWS::Region"}`, `"ap-southeast-2"`},
		"partition":               {`{"Ref": "AWS::Partition"}`, `"aws"`},
		"URL suffix":              {`{"Ref": "AWS::URLSuffix"}`, `"amazonaws.com"`},
		"stack name":              {`{"Ref": "AWS::StackName"}`, `"stack-test"`},
		"stack id":                {`{"Ref": "AWS::StackId"}`, `"arn:aws:cloudformation:ap-southeast-2:000000000000:stack/stack-test/local"`},
		"no value in an object":   {`{"a": {"Ref": "AWS::NoValue"}, "b": 1}`, `{"b": 1}`},
		"no value in a list":      {`[1, {"Ref": "AWS::NoValue"}, 3]`, `[1, 3]`},
		"attribute as a list":     {`{"Fn::GetAtt": ["Bucket", "Arn"]}`, `"arn:bucket"`},
		"attribute as a text":     {`{"Fn::GetAtt": "Bucket.Arn"}`, `"arn:bucket"`},
		"attribute with a dot":    {`{"Fn::GetAtt": "Database.Endpoint.Port"}`, `"5432"`},
		"join":                    {`{"Fn::Join": ["-", ["a", {"Ref": "Stage"}, 8080, true]]}`, `"a-dev-8080-true"`},
		"join of a large number":  {`{"Fn::Join": ["", ["size=", 16777216]]}`, `"size=16777216"`},
		"join of a fraction":      {`{"Fn::Join": ["", [0.5]]}`, `"0.5"`},
		"join of nothing":         {`{"Fn::Join": [",", []]}`, `""`},
		"join of a split":         {`{"Fn::Join": ["+", {"Fn::Split": [",", "a,b"]}]}`, `"a+b"`},
		"sub":                     {`{"Fn::Sub": "${Stage}/${Bucket}/${Bucket.Arn}/${AWS::Region}"}`, `"dev/bucket-dev/arn:bucket/ap-southeast-2"`},
		"sub with its own names":  {`{"Fn::Sub": ["${Stage}-${Mine}", {"Mine": {"Ref": "Size"}, "Stage": "own"}]}`, `"own-2"`},
		"sub of a literal":        {`{"Fn::Sub": "echo ${!HOME} ${Stage}"}`, `"echo ${HOME} dev"`},
		"sub leaves values alone": {`{"Fn::Sub": ["${Mine}", {"Mine": "a${!b}"}]}`, `"a${!b}"`},
		"sub with a secret":       {`{"Fn::Sub": "{{resolve:secretsmanager:db-${Stage}:SecretString:password}}"}`, `"<db-dev/password>"`},
		"select":                  {`{"Fn::Select": [1, ["a", {"Ref": "Stage"}]]}`, `"dev"`},
		"select by a text":        {`{"Fn::Select": ["0", ["a", "b"]]}`, `"a"`},
		"select of a split":       {`{"Fn::Select": [2, {"Fn::Split": [":", "x:y:z"]}]}`, `"z"`},
		"split":                   {`{"Fn::Split": ["|", "a||b"]}`, `["a", "", "b"]`},
		"if that holds":           {`{"Fn::If": ["IsDev", {"Ref": "Stage"}, 2]}`, `"dev"`},
		"if that does not":        {`{"Fn::If": ["IsProd", {"Ref": "Nobody"}, [2]]}`, `[2]`},
		"if without a value":      {`{"a": {"Fn::If": ["IsProd", 1, {"Ref": "AWS::NoValue"}]}}`, `{}`},
		"base64":                  {`{"Fn::Base64": {"Fn::Sub": "hi ${Stage}"}}`, `"aGkgZGV2"`},
		"secret by name":          {`"{{resolve:secretsmanager:db:SecretString:password}}"`, `"<db/password>"`},
		"secret with stages":      {`"{{resolve:secretsmanager:db:SecretString:password:AWSCURRENT:}}"`, `"<db/password>"`},
		"secret by ARN": {
			`{"Fn::Join": ["", ["{{resolve:secretsmanager:arn:aws:secretsmanager:r:", {"Ref": "AWS::AccountId"}, ":secret:db:SecretString:username::}}"]]}`,
			`"<arn:aws:secretsmanager:r:000000000000:secret:db/username>"`,
		},
		"secret as a whole":         {`"{{resolve:secretsmanager:db:SecretString}}"`, `"<db/>"`},
		"secret with an empty key":  {`"{{resolve:secretsmanager:db:SecretString:::}}"`, `"<db/>"`},
		"two secrets in a text":     {`"u={{resolve:secretsmanager:a:SecretString:u}} p={{resolve:secretsmanager:b:SecretString:p}}"`, `"u=<a/u> p=<b/p>"`},
		"a Ref that is a property":  {`{"Ref": {"Ref": "Stage"}, "Other": 1}`, `{"Ref": "dev", "Other": 1}`},
		"what is no function stays": {`{"a": [true, null, 1.5, "text"], "b": {"c": {}}}`, `{"a": [true, null, 1.5, "text"], "b": {"c": {}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := testResolver(conditions).resolve(fromJSON(t, c.give))
			if err != nil {
				t.Fatal(err)
			}
			if want := fromJSON(t, c.want); !reflect.DeepEqual(got, want) {
				t.Errorf("%s gives %#v, want %#v", c.give, got, want)
			}
		})
	}
}

// What is wrong must be found by its place: a template has thousands of lines.
func TestIntrinsicsNameThePlaceOfAnError(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		give string
		want []string
	}{
		"unknown function":    {`{"Tags": [{"Value": {"Fn::ImportValue": "x"}}]}`, []string{"Tags: 0: Value: Fn::ImportValue", "not known"}},
		"unknown transform":   {`{"A": {"Fn::Transform": {}}}`, []string{"A: Fn::Transform", "not known"}},
		"unknown resource":    {`{"A": {"Ref": "Nobody"}}`, []string{"A: Ref: Nobody was not created"}},
		"unknown attribute":   {`{"A": {"Fn::GetAtt": ["Bucket", "Color"]}}`, []string{"A: Fn::GetAtt: Bucket.Color"}},
		"Ref of a list":       {`{"A": {"Ref": []}}`, []string{"A: Ref", "malformed"}},
		"GetAtt without name": {`{"A": {"Fn::GetAtt": "Bucket"}}`, []string{"A: Fn::GetAtt", "malformed"}},
		"GetAtt of numbers":   {`{"A": {"Fn::GetAtt": [1, 2]}}`, []string{"A: Fn::GetAtt", "malformed"}},
		"Join of a text":      {`{"A": {"Fn::Join": "x"}}`, []string{"A: Fn::Join", "malformed"}},
		"Join by a number":    {`{"A": {"Fn::Join": [1, []]}}`, []string{"A: Fn::Join", "malformed"}},
		"Join of an object":   {`{"A": {"Fn::Join": ["", [{"x": 1}]]}}`, []string{"A: Fn::Join: 0", "string is needed"}},
		"Join of no list":     {`{"A": {"Fn::Join": ["", "x"]}}`, []string{"A: Fn::Join", "malformed"}},
		"Join deep inside":    {`{"A": {"Fn::Join": ["", ["x", {"Ref": "Nobody"}]]}}`, []string{"A: Fn::Join: 1: Ref: Nobody"}},
		"Sub of a number":     {`{"A": {"Fn::Sub": 1}}`, []string{"A: Fn::Sub", "malformed"}},
		"Sub of three":        {`{"A": {"Fn::Sub": ["x", {}, 1]}}`, []string{"A: Fn::Sub", "malformed"}},
		"Sub of the unknown":  {`{"A": {"Fn::Sub": "x${Nobody}"}}`, []string{"A: Fn::Sub: ${Nobody}"}},
		"Select outside":      {`{"A": {"Fn::Select": [2, ["a", "b"]]}}`, []string{"A: Fn::Select", "item 2 of 2"}},
		"Select below":        {`{"A": {"Fn::Select": [-1, ["a"]]}}`, []string{"A: Fn::Select", "item -1 of 1"}},
		"Select by a word":    {`{"A": {"Fn::Select": ["x", ["a"]]}}`, []string{"A: Fn::Select", "item x of 1"}},
		"Select of a text":    {`{"A": {"Fn::Select": [0, "a"]}}`, []string{"A: Fn::Select", "malformed"}},
		"Split of one":        {`{"A": {"Fn::Split": [","]}}`, []string{"A: Fn::Split", "malformed"}},
		"If of two":           {`{"A": {"Fn::If": ["X", 1]}}`, []string{"A: Fn::If", "malformed"}},
		"If of the unknown":   {`{"A": {"Fn::If": ["Nobody", 1, 2]}}`, []string{"A: Fn::If", "condition Nobody does not exist"}},
		"If without a name":   {`{"A": {"Fn::If": ["", 1, 2]}}`, []string{"A: Fn::If", "malformed"}},
		"Base64 of a list":    {`{"A": {"Fn::Base64": []}}`, []string{"A: Fn::Base64", "string is needed"}},
		"a parameter's value": {`{"A": "x{{resolve:ssm:/db/host:1}}"}`, []string{"A: {{resolve:ssm:/db/host:1}} is not known", "SecretString:key"}},
		"a binary secret":     {`{"A": "{{resolve:secretsmanager:db:SecretBinary:key}}"}`, []string{"A: {{resolve:secretsmanager:db:SecretBinary:key}} is not known"}},
		"a joined parameter":  {`{"A": {"Fn::Join": ["", ["{{resolve:ssm-secure:", "p}}"]]}}`, []string{"A: Fn::Join: {{resolve:ssm-secure:p}} is not known"}},
		"secret without key":  {`{"A": "{{resolve:secretsmanager:db:SecretString:missing}}"}`, []string{"A: ", "db has no key missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := testResolver(nil).resolve(fromJSON(t, c.give))
			if err == nil {
				t.Fatalf("%s gives %#v, want an error", c.give, got)
			}
			wantError(t, err, c.want...)
		})
	}
}

// A template is a file that people edit: whatever stands in it, the resolver
// answers a value or an error, and no value holds a function any more.
func FuzzResolve(f *testing.F) {
	for _, seed := range []string{
		`{"Ref": "Stage"}`, `{"Fn::GetAtt": ["Bucket", "Arn"]}`, `{"Fn::GetAtt": "."}`, `{"Fn::Join": ["", [{"Ref": "AWS::NoValue"}]]}`,
		`{"Fn::Sub": ["${a}${!b}${c.d}${", {"a": {"Fn::Sub": "${a}"}}]}`, `{"Fn::Select": [0, {"Fn::Split": ["", "ab"]}]}`,
		`{"Fn::If": ["Yes", {"Fn::If": ["Circle", 1, 2]}, 3]}`, `{"Fn::Base64": {"Fn::Base64": 1e300}}`, `{"Ref": null}`, `[[{"Fn::Sub": []}]]`,
		`"{{resolve:secretsmanager:a:SecretString:b}}{{resolve:secretsmanager::SecretString:}}"`, `{"Fn::Join": [{}, []]}`, `{"Fn::Select": [1e30, []]}`,
	} {
		f.Add(seed)
	}
	conditions := map[string]any{
		"Yes":    fromJSON(f, `{"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}`),
		"Circle": fromJSON(f, `{"Condition": "Circle"}`),
	}
	f.Fuzz(func(t *testing.T, text string) {
		var value any
		if json.Unmarshal([]byte(text), &value) != nil {
			return
		}
		template := Template{Resources: map[string]Declaration{"A": {Properties: map[string]any{"p": value}, DependsOn: value}}}
		template.resourceNeeds() // reads the same functions
		r := testResolver(conditions)
		got, err := r.resolve(value)
		if err == nil {
			if _, isText := value.(string); !isText {
				assertResolved(t, got)
			}
		}
		if len(r.evaluating) != 0 {
			t.Errorf("conditions %v are left under way", r.evaluating)
		}
	})
}

func assertResolved(t *testing.T, value any) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			assertResolved(t, item)
		}
	case map[string]any:
		for name, item := range v {
			if len(v) == 1 && strings.HasPrefix(name, "Fn::") {
				t.Errorf("%s is left in the answer", name)
			}
			assertResolved(t, item)
		}
	}
}
