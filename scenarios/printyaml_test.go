package scenarios_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios"
)

func TestYAMLIsLaidOutAsKubectlDoes(t *testing.T) {
	const document = `{"b":[{"name":"x","list":["1",1,true,null]},{}],"a":{"yes":"no","empty":"","none":{},"nothing":[]},"text":"a: b\nc","nested":[["x"]]}`
	const want = `a:
  empty: ""
  none: {}
  nothing: []
  "yes": "no"
b:
- list:
  - "1"
  - 1
  - true
  - null
  name: x
- {}
nested:
- - x
text: "a: b\nc"
`
	got, err := scenarios.YAML([]byte(document))
	if err != nil || string(got) != want {
		t.Fatalf("%v\n%s", err, got)
	}
	var back, original any
	if err := yaml.Unmarshal(got, &back); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(document), &original); err != nil {
		t.Fatal(err)
	}
	original.(map[string]any)["b"].([]any)[0].(map[string]any)["list"].([]any)[1] = 1 // an int in YAML
	if !reflect.DeepEqual(back, original) {
		t.Errorf("read again\n%#v\nwant\n%#v", back, original)
	}
}
