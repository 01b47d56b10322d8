package compare_test

import (
	"strings"
	"testing"

	"towtank.dev/towtank/scheduler/parity/answer"
	"towtank.dev/towtank/scheduler/parity/compare"
	"towtank.dev/towtank/scheduler/parity/generate"
)

// twoNodes is an answer in which a and b are feasible and a wins by ImageLocality.
func twoNodes() *answer.Document {
	return &answer.Document{NodeOrder: []string{"a", "b", "c"}, Pods: []answer.Pod{{
		Pod: "default/p", Result: answer.Scheduled, Node: "a",
		Attempts: []answer.Attempt{{
			EvaluatedNodes: 3, Feasible: []string{"a", "b"}, Best: []string{"a"}, Chosen: "a", RealChoice: "a",
			Infeasible: map[string]answer.Status{"c": {Plugin: "TaintToleration", Code: "UnschedulableAndUnresolvable", Reasons: []string{"tainted"}}},
			Scores: map[string]answer.Score{
				"a": {Total: 12, Weighted: map[string]int64{"ImageLocality": 5, "Other": 7}, Raw: map[string]int64{"ImageLocality": 5, "Other": 7}},
				"b": {Total: 7, Weighted: map[string]int64{"ImageLocality": 0, "Other": 7}, Raw: map[string]int64{"ImageLocality": 0, "Other": 7}},
			},
		}},
	}}, Final: map[string][]string{"a": {"default/p"}}}
}

func TestTheFirstDifferenceIsTheCauseNotTheConsequence(t *testing.T) {
	cases := []struct {
		name   string
		change func(*answer.Document)
		where  string
	}{
		{"answers that agree have no difference", func(*answer.Document) {}, ""},
		{"a raw score comes before the total and the choice it changes", func(d *answer.Document) {
			a := &d.Pods[0].Attempts[0]
			a.Scores["b"] = answer.Score{Total: 20, Weighted: map[string]int64{"ImageLocality": 13, "Other": 7}, Raw: map[string]int64{"ImageLocality": 13, "Other": 7}}
			a.Best, a.Chosen, d.Pods[0].Node = []string{"b"}, "b", "b"
		}, "pods[0] default/p attempts[0] scores[b].raw[ImageLocality]"},
		{"a missing reason comes before the message", func(d *answer.Document) {
			d.Pods[0].Attempts[0].Infeasible["c"] = answer.Status{Plugin: "TaintToleration", Code: "UnschedulableAndUnresolvable"}
			d.Pods[0].Message = "other"
		}, "pods[0] default/p attempts[0] infeasible[c].reasons"},
		{"a plugin that is left out may differ", func(d *answer.Document) {
			a := &d.Pods[0].Attempts[0]
			a.Scores["b"] = answer.Score{Total: 8, Weighted: map[string]int64{"ImageLocality": 0, "Other": 7, "Left": 1}, Raw: map[string]int64{"ImageLocality": 0, "Other": 7, "Left": 1}}
			a.SkippedFilterPlugins = []string{"Left"}
		}, ""},
		{"a node that one answer does not reject", func(d *answer.Document) {
			delete(d.Pods[0].Attempts[0].Infeasible, "c")
		}, "pods[0] default/p attempts[0] infeasible[c]"},
		{"another list of candidates for preemption", func(d *answer.Document) {
			d.Pods[0].Attempts[0].Preemption = &answer.Preemption{Nominated: "a"}
		}, "pods[0] default/p attempts[0] preemption"},
		{"a pod too few", func(d *answer.Document) { d.Pods = nil }, "pods"},
		{"another end", func(d *answer.Document) { d.Final = nil }, "final"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := twoNodes()
			c.change(got)
			found := compare.Documents(twoNodes(), got, compare.Options{IgnorePlugins: []string{"Left"}})
			where := ""
			if len(found) > 0 {
				where = found[0].Where
			}
			if where != c.where {
				t.Errorf("the difference is at %q, want %q", where, c.where)
			}
		})
	}
}

func TestACommandIsGivenTheFolderWhereItAsksForIt(t *testing.T) {
	text := generate.Text{Cluster: []byte(`{"pods":[{"pod":"default/p","result":"gated"}]}`)}
	for _, words := range []compare.Command{{"cat", "{}/cluster.yaml"}, {"sh", "-c", `cat "$0"/cluster.yaml`}} {
		d, err := words.Answer(text)
		if err != nil || len(d.Pods) != 1 || d.Pods[0].Result != answer.Gated {
			t.Errorf("%v gave %v, %v", words, d, err)
		}
	}
	if _, err := (compare.Command{"ls", "/no/such/dir"}).Answer(text); err == nil || !strings.Contains(err.Error(), "/no/such/dir") {
		t.Errorf("the error of a failing program is %v", err)
	}
}
