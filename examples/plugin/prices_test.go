package main

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"towtank.dev/towtank/cmd"
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler"
	"towtank.dev/towtank/scheduler/plugins"
	"towtank.dev/towtank/scheduler/schedulertest"
)

var nodes = []*model.Node{
	schedulertest.Node("cheap", "label:example.com/price=20"),
	schedulertest.Node("dear", "label:example.com/price=150"),
	schedulertest.Node("middle", "label:example.com/price=63"),
	schedulertest.Node("unlabelled"),
}

func TestPrices(t *testing.T) {
	important := int32(1000)
	for _, c := range []struct {
		name     string
		args     *PricesArgs
		priority int32
		// scores of the nodes that fit; rejected are the others.
		scores   map[string]int64
		rejected string
	}{
		// 100·(100-20)/100 = 80, 100·(100-63)/100 = 37.
		{"cheaper nodes score higher and those above the limit are rejected", &PricesArgs{}, 0,
			map[string]int64{"cheap": 80, "middle": 37, "unlabelled": 100}, "dear"},
		// 100·(200-20)/200 = 90, 100·(200-150)/200 = 25, 100·(200-63)/200 = 68.5.
		{"the limit is where the score is 0", &PricesArgs{Limit: 200}, 0,
			map[string]int64{"cheap": 90, "dear": 25, "middle": 68, "unlabelled": 100}, ""},
		{"an important pod may have any node", &PricesArgs{ExemptPriority: &important}, 1000,
			map[string]int64{"cheap": 80, "dear": 0, "middle": 37, "unlabelled": 100}, ""},
		{"a less important one may not", &PricesArgs{ExemptPriority: &important}, 999,
			map[string]int64{"cheap": 80, "middle": 37, "unlabelled": 100}, "dear"},
	} {
		t.Run(c.name, func(t *testing.T) {
			pod := schedulertest.Pod("web", "cpu=1")
			pod.Spec.Priority = c.priority
			got := schedulertest.Schedule(t, schedulertest.Case{
				Plugins: plugins.Default().With(Prices), Profile: schedulertest.Enable("Prices", 0, c.args), Nodes: nodes, Pod: pod})
			for node, want := range c.scores {
				if score, fits := got.Raw["Prices"][node]; !fits || score != want {
					t.Errorf("%s scores %d, want %d", node, score, want)
				}
			}
			if len(got.Raw["Prices"]) != len(c.scores) {
				t.Errorf("scores %v, want %v", got.Raw["Prices"], c.scores)
			}
			if r := got.Reasons[c.rejected]; c.rejected != "" && (r.Plugin != "Prices" || r.Text != "node(s) were too expensive") {
				t.Errorf("%s is rejected by %+v", c.rejected, r)
			}
		})
	}
}

func TestAnswersAreKeptNoLongerThanTheyHold(t *testing.T) {
	c := schedulertest.Case{Plugins: plugins.Default().With(Prices), Profile: schedulertest.Enable("Prices", 5, nil),
		Nodes: nodes, Pod: schedulertest.Pod("web", "cpu=1")}
	schedulertest.Kept(t, c, func(core *scheduler.Core) {
		core.SetNode(schedulertest.Node("unlabelled", "label:example.com/price=101"))
	})
}

func TestComparisonShowsWhatThePluginDoes(t *testing.T) {
	var out, err bytes.Buffer
	args := []string{"compare", "scenario.yaml", "--policy", "default", "--policy", "prices=prices.yaml", "--seeds", "2", "-q", "-o", "json"}
	if code := cmd.Execute(context.Background(), args, &out, &err, cmd.WithPlugin(Prices)); code != cmd.ExitOK {
		t.Fatalf("exit code %d: %s", code, err.String())
	}
	// Twelve nodes, four of them dear: only the plugin leaves any empty.
	if used := rows(out.String(), "nodes_used_max"); len(used) != 2 || used[0] != "12" || used[1] != "8" {
		t.Errorf("nodes used are %v, want 12 by default and 8 with the plugin:\n%s", used, out.String())
	}
}

// rows are the means of a metric, policy by policy, in the JSON of a comparison.
func rows(document, metric string) (means []string) {
	var doc struct {
		Metrics []struct {
			Metric string      `json:"metric"`
			Mean   json.Number `json:"mean"`
		} `json:"metrics"`
	}
	if err := json.Unmarshal([]byte(document), &doc); err != nil {
		return nil
	}
	for _, row := range doc.Metrics {
		if row.Metric == metric {
			means = append(means, row.Mean.String())
		}
	}
	return means
}

func TestAWrongArgumentIsNamed(t *testing.T) {
	var out, err bytes.Buffer
	args := []string{"run", "scenario.yaml", "--config", "testdata/bad.yaml"}
	code := cmd.Execute(context.Background(), args, &out, &err, cmd.WithPlugin(Prices))
	const want = "testdata/bad.yaml:8:14: profiles[0].pluginConfig[0].args.limit: Invalid value: -1: must be greater than 0\n"
	if code != cmd.ExitBadInput || err.String() != want {
		t.Errorf("exit code %d, %q, want %q", code, err.String(), want)
	}
}
