// Package library holds scenarios to read, run and start from. Its test runs every one of them.
package library

import (
	"encoding/csv"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"testing"

	"towtank.dev/towtank/scenarios"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
	"towtank.dev/towtank/sim/world"
)

var rewrite = flag.Bool("rewrite", false, "write testdata/fingerprints.csv anew")

const fingerprints = "testdata/fingerprints.csv"

// files are the scenarios of the library.
func files(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("*.yaml")
	if err != nil || len(all) == 0 {
		t.Fatalf("no scenarios here: %v", err)
	}
	return all
}

// run runs a scenario of the library and returns what became of its pods.
func run(t *testing.T, file string) (*record.Footer, *record.Memory) {
	t.Helper()
	s, err := scenarios.Load([]string{file}, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	kept := new(record.Memory)
	footer, err := world.Run(s.Config, world.RunOptions{Sinks: []record.Sink{record.Multi(kept)}})
	if err != nil {
		t.Fatal(err)
	}
	return footer, kept
}

func TestLibraryFingerprintsAreUnchanged(t *testing.T) {
	got := map[string]string{}
	for _, file := range files(t) {
		footer, _ := run(t, file)
		again, _ := run(t, file)
		if footer.Fingerprint != again.Fingerprint {
			t.Errorf("%s: fingerprint %s, then %s", file, footer.Fingerprint, again.Fingerprint)
		}
		got[file] = footer.Fingerprint
	}
	if *rewrite {
		writeFingerprints(t, got)
	}
	want := readFingerprints(t)
	for _, file := range files(t) {
		if got[file] != want[file] {
			t.Errorf("%s: fingerprint %s, was %q (go test ./scenarios/library -rewrite, and say why in the commit)", file, got[file], want[file])
		}
		delete(want, file)
	}
	for file := range want {
		t.Errorf("%s has a fingerprint and is not there", file)
	}
}

func TestLibraryRunsTheSameWithoutKeptAnswers(t *testing.T) {
	for _, file := range files(t) {
		s, err := scenarios.Load([]string{file}, scenarios.Options{})
		if err != nil {
			t.Fatal(err)
		}
		fast, kept := run(t, file)
		plain := new(record.Memory)
		naive, err := world.Run(s.Config, world.RunOptions{Sinks: []record.Sink{record.Multi(plain)}, Naive: true})
		if err != nil {
			t.Fatal(err)
		}
		if fast.Fingerprint != naive.Fingerprint || !reflect.DeepEqual(kept, plain) {
			t.Errorf("%s: the runtime that keeps answers leaves another record than the naive one", file)
		}
	}
}

func writeFingerprints(t *testing.T, got map[string]string) {
	t.Helper()
	rows := [][]string{}
	for file, fingerprint := range got {
		rows = append(rows, []string{file, fingerprint})
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i][0] < rows[j][0] })
	var b strings.Builder
	if err := csv.NewWriter(&b).WriteAll(append([][]string{{"scenario", "fingerprint"}}, rows...)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(fingerprints, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readFingerprints(t *testing.T) map[string]string {
	t.Helper()
	file, err := os.Open(fingerprints)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, row := range rows[1:] {
		want[row[0]] = row[1]
	}
	return want
}

func TestLibraryScenariosSayWhatTheyAreFor(t *testing.T) {
	for _, file := range files(t) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"# Question: ", "# Command:  ", "# See:  ", "scenarios/library/" + file} {
			if !strings.Contains(string(content), want) {
				t.Errorf("%s: the header lacks %q", file, want)
			}
		}
	}
}

// pod finds a pod's row by name.
func pod(t *testing.T, m *record.Memory, name string) record.PodRow {
	t.Helper()
	for _, p := range m.Pods {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("no pod %s", name)
	return record.PodRow{}
}

func TestLibraryQuickstartHasSomethingToSay(t *testing.T) {
	_, m := run(t, "quickstart.yaml")
	big := pod(t, m, "too-big")
	if big.Node != "" || !strings.HasPrefix(big.Message, "0/8 nodes are available: ") || !strings.Contains(big.Message, "6 Insufficient memory") {
		t.Errorf("too-big on %q: %q, want never to fit", big.Node, big.Message)
	}
	waited := 0
	for _, p := range m.Pods {
		if wait, ok := p.Wait(); ok && wait.Minutes() > 1 {
			waited++
		}
	}
	if waited == 0 {
		t.Error("no pod waited for more than a minute: the batch pool does not fill up")
	}
}

// A label that changes after placement moves nobody (IgnoredDuringExecution), and decides over the next pod.
func TestLibraryLabelChangeLeavesTheRunningPodAndStopsTheNext(t *testing.T) {
	_, m := run(t, "taints-and-affinity.yaml")
	first, second := pod(t, m, "cache-1"), pod(t, m, "cache-2")
	if first.Node != "ssd-0" || first.Phase != "Running" || first.Ended != sim.Never {
		t.Errorf("cache-1 on %q is %s, ended %v; want it to run on ssd-0 to the end", first.Node, first.Phase, first.Ended)
	}
	if second.Node != "" || second.Phase != "Pending" || !strings.Contains(second.Message, "node(s) didn't match Pod's node affinity/selector") {
		t.Errorf("cache-2 on %q is %s: %q; want it never to run", second.Node, second.Phase, second.Message)
	}
	if p := pod(t, m, "trainer"); p.Node != "gpu-1" {
		t.Errorf("trainer on %q, want gpu-1: it tolerates the taint and prefers zone-b", p.Node)
	}
	if p := pod(t, m, "picky"); p.Node != "plain-1" {
		t.Errorf("picky on %q, want plain-1: the other node of zone-b is tainted", p.Node)
	}
}

func TestLibraryShopsRunBesideTheirDatabaseAndAwayFromTheSearchEngine(t *testing.T) {
	_, m := run(t, "near-and-apart.yaml")
	allowed := map[string]int{"node-0": 0, "node-1": 0, "node-6": 0, "node-7": 0} // zones a and b, without search
	for _, p := range m.Pods {
		if !strings.HasPrefix(p.Name, "shop-") || p.Name == "shop-9" {
			continue
		}
		if _, ok := allowed[p.Node]; !ok {
			t.Errorf("%s runs on %q", p.Name, p.Node)
		}
		allowed[p.Node]++
	}
	for node, shops := range allowed { // preferred apart: two on each before a third on any
		if shops != 2 {
			t.Errorf("%d shops on %s, want 2", shops, node)
		}
	}
	if last := pod(t, m, "shop-9"); last.Node != "" || !strings.Contains(last.Message, "2 node(s) didn't match pod anti-affinity rules, 3 node(s) didn't match pod affinity rules, 4 Insufficient cpu") {
		t.Errorf("shop-9 on %q: %q", last.Node, last.Message)
	}
}

func TestLibraryASpreadWaitsForACordonedZoneUntilItsNodesAreGone(t *testing.T) {
	_, m := run(t, "zone-spread.yaml")
	waited := 0
	for _, p := range m.Pods {
		if !strings.HasPrefix(p.Name, "late-") {
			continue
		}
		switch removed := sim.Time(20 * 60e9); {
		case p.Scheduled < removed && p.Attempts == 1:
		case p.Scheduled >= removed && p.Scheduled < removed+sim.Time(1e9):
			waited++
		default:
			t.Errorf("%s was scheduled at %v after %d attempts", p.Name, p.Scheduled, p.Attempts)
		}
	}
	if waited != 4 {
		t.Errorf("%d replicas waited for the zone to go, want 4 of 6", waited)
	}
}

func TestLibraryPreemptionSparesWhatBudgetsProtectAsLongAsItCan(t *testing.T) {
	_, m := run(t, "preemption.yaml")
	first, second := pod(t, m, "urgent-1"), pod(t, m, "urgent-2")
	if first.Node != "node-2" || pod(t, m, "plain-0").Preemptions != 1 {
		t.Errorf("urgent-1 runs on %q, want node-2 in place of plain-0", first.Node)
	}
	if careful := pod(t, m, "careful-0").Preemptions + pod(t, m, "careful-1").Preemptions; careful != 1 {
		t.Errorf("%d protected pods were evicted for urgent-2, want 1", careful)
	}
	// plain-0 stops 20 s after SIGTERM; the careful ones ignore it for their grace of 60 s.
	for p, grace := range map[*record.PodRow]float64{&first: 20, &second: 60} {
		if wait := p.Scheduled.Sub(p.Created).Seconds(); wait < grace || wait > grace+1 {
			t.Errorf("%s waited %.3f s, want its victim's %v s and a moment", p.Name, wait, grace)
		}
	}
	if patient := pod(t, m, "patient"); patient.Node != "" || !strings.Contains(patient.Message, "preemptionPolicy=Never") {
		t.Errorf("patient on %q: %q", patient.Node, patient.Message)
	}
}

func TestLibraryVolumesAreBoundWithTheirFirstConsumer(t *testing.T) {
	_, m := run(t, "volumes.yaml")
	for name, node := range map[string]string{"db-0": "node-2", "db-1": "node-1", "db-2": ""} {
		if p := pod(t, m, name); p.Node != node {
			t.Errorf("%s runs on %q, want %q", name, p.Node, node)
		}
	}
	if cache := pod(t, m, "cache"); cache.Node == "" || cache.Scheduled.Sub(cache.Created).Seconds() < 1 {
		t.Errorf("cache on %q at %v, want it bound after its volume was made", cache.Node, cache.Scheduled)
	}
}
