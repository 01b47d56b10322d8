package scenarios

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"towtank.dev/towtank/sim/traffic"
)

// Requests to the Service of three pods, and what is further said.
const served = `apiVersion: towtank.dev/v1alpha1
kind: Scenario
start: 2026-03-02T06:30:00Z
duration: 1h
cluster:
  nodes: [{count: 4, zones: [zone-a, zone-b], template: {status: {allocatable: {cpu: 8, memory: 16Gi}}}}]
  objects:
  - apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec: {type: NodePort, selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
`

func TestTrafficIsReadInAllItsForms(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "served.yaml")
	text := served + `traffic:
- {service: shop/web, load: 100}
- {service: shop/web, load: [{from: 1m, value: 1k}, {from: 2m, value: 500m, ramp: true}], from: {zone: zone-a}}
- {service: shop/web, load: {value: 40, times: 0.5, daily: [{at: 6h, times: 1}, {at: 18h, times: 2, ramp: true}]}, from: cluster, port: 80}
- {service: shop/web, load: {file: rates.csv, ramp: true}, from: outside, port: http}
kubeProxy: {watchLatency: 5ms, minSyncPeriod: 2s}
`
	for name, content := range map[string]string{path: text, filepath.Join(dir, "rates.csv"): "seconds,rps\n0,10\n90.5,20\n\n120,0\n"} {
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := load(t, path, Options{})
	c := s.Config.Traffic
	if len(c.Entries) != 4 || c.Proxy.MinSyncPeriod != 2*time.Second {
		t.Fatalf("%+v", c)
	}
	for i, want := range [][]traffic.Point{
		{{Rate: 100}},
		{{From: time.Minute, Rate: 1000}, {From: 2 * time.Minute, Rate: 0.5, Ramp: true}},
		{{Rate: 20}},
		{{Rate: 10}, {From: 90500 * time.Millisecond, Rate: 20, Ramp: true}, {From: 2 * time.Minute, Rate: 0, Ramp: true}},
	} {
		if got := c.Entries[i]; !slices.Equal(got.Load.Points, want) || got.Namespace != "shop" || got.Service != "web" || got.Load.Clock != 6*time.Hour+30*time.Minute {
			t.Errorf("entry %d: %+v, want points %+v", i, got, want)
		}
	}
	if got, want := c.Entries[2].Load.Daily, []traffic.Factor{{At: 6 * time.Hour, Times: 1}, {At: 18 * time.Hour, Times: 2, Ramp: true}}; !slices.Equal(got, want) {
		t.Errorf("daily %+v, want %+v", got, want)
	}
	for i, want := range []traffic.Where{traffic.ByType, traffic.Inside, traffic.Inside, traffic.Outside} {
		if got := c.Entries[i].From.Where; got != want {
			t.Errorf("entry %d: clients are %v, want %v", i, got, want)
		}
	}
	if f := c.Entries[1].From; f.Selector == nil || !f.Selector.Matches(map[string]string{"topology.kubernetes.io/zone": "zone-a"}) {
		t.Errorf("clients %+v, want those of zone-a", f)
	}
	if len(s.Inputs) != 2 || s.Inputs[1].Name != "rates.csv" {
		t.Errorf("inputs %v, want the file among them", s.Inputs)
	}
	for name, want := range map[string]string{"traffic[0].load": "100", "traffic[0].service": "shop/web", "kubeProxy.minSyncPeriod": "2s"} {
		if got := valueOf(s.Config, name); got != want {
			t.Errorf("parameter %s is %q, want %q", name, got, want)
		}
	}
}
