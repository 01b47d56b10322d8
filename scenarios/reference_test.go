package scenarios

import (
	"reflect"
	"strings"
	"testing"
)

func TestEveryFieldIsDescribed(t *testing.T) {
	text := string(Reference())
	for _, want := range []string{"| `cluster.nodes[].count` | number |", "| `behaviours[].run` |", "### cordon", "| `exponential` |", "| `scheduler.decisionLatency` | duration or distribution |"} {
		if !strings.Contains(text, want) {
			t.Errorf("the reference lacks %q", want)
		}
	}
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "| `") && strings.HasSuffix(line, "|  |") {
			t.Errorf("no description: %s", line)
		}
	}
}

// Every verb of the registry can be decoded: its fields are of types that the reader knows.
func TestEveryVerbCanBeRead(t *testing.T) {
	known := newReader(Options{}).decoder("").Hooks
	for _, info := range timelineVerbs() {
		if !strings.HasPrefix(info.Example, info.Name+":") {
			t.Errorf("%s: the example is %s", info.Name, info.Example)
		}
		v := reflect.TypeOf(info.New()).Elem()
		for i := 0; i < v.NumField(); i++ {
			f := v.Field(i)
			if f.Type.Kind() == reflect.Func || f.Type.Kind() == reflect.Interface {
				if known[f.Type] == nil {
					t.Errorf("%s.%s: the reader knows no form for %v", info.Name, f.Name, f.Type)
				}
			}
		}
	}
}
