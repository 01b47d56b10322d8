package library

import (
	"math"
	"slices"
	"strings"
	"testing"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// These hold what the headers of the scenarios promise: whoever runs one sees that.

// starts are the starts of a pod's container, in order. Pods that followed one another under one name count together.
func starts(m *record.Memory, pod, container string) []record.ContainerRow {
	var rows []record.ContainerRow
	for _, r := range m.Containers {
		if r.Pod == pod && r.Container == container && r.Started != sim.Never {
			rows = append(rows, r)
		}
	}
	return rows
}

// within says whether seconds are as wanted, give or take.
func within(got, want, take float64) bool { return math.Abs(got-want) <= take }

func seconds(t sim.Time) float64 { return t.Seconds() }

// workload finds the row of a workload.
func workload(t *testing.T, m *record.Memory, kind, name string) record.WorkloadRow {
	t.Helper()
	for _, w := range m.Workloads {
		if w.Kind == kind && strings.HasPrefix(w.Name, name) {
			return w
		}
	}
	t.Fatalf("no %s %s", kind, name)
	return record.WorkloadRow{}
}

// events counts the events of a reason about objects whose name begins so.
func events(m *record.Memory, reason, object string) int {
	n := 0
	for _, e := range m.Events {
		if e.Reason == reason && strings.HasPrefix(e.Object, object) {
			n += int(e.Count)
		}
	}
	return n
}

func TestLibraryCrashLoopDoublesItsBackOffAndALongRunClearsIt(t *testing.T) {
	_, m := run(t, "crash-loop.yaml")
	// A crash is seen at the next relist, up to 1.001 s later, and the end of a back-off by a sync of the pod
	// that the first seconds of a wait may be late for.
	for i, wait := range []float64{0, 10, 20, 40, 80, 160, 300, 300} {
		rows := starts(m, "api", "server")
		if got := seconds(rows[i+1].Started) - seconds(rows[i].Ended); got < wait || got > wait+17 {
			t.Errorf("start %d of api came %.1f s after the crash, want %v and a moment", i+1, got, wait)
		}
	}
	flaky := starts(m, "flaky", "server")
	for i := range flaky[1:] {
		if got := seconds(flaky[i+1].Started) - seconds(flaky[i].Ended); got > 2 {
			t.Errorf("start %d of flaky came %.1f s after the crash, want it at once", i+1, got)
		}
	}
	fixed := starts(m, "fixed", "server")
	if last := fixed[len(fixed)-1]; len(fixed) != 5 || last.Ended != sim.Never {
		t.Errorf("fixed started %d times, want 5, and the last to run on", len(fixed))
	}
}

func TestLibraryInitContainersWaitAndSidecarsOutlive(t *testing.T) {
	_, m := run(t, "init-and-sidecars.yaml")
	migrate, proxy, web := starts(m, "shop", "migrate")[0], starts(m, "shop", "proxy")[0], starts(m, "shop", "web")[0]
	if db := pod(t, m, "db-0"); migrate.Ended < db.Ready || migrate.Ended > db.Ready.Add(2e9) {
		t.Errorf("migrate ended at %v, want it at its first look, one in 2 s, after db-0 was ready at %v", migrate.Ended, db.Ready)
	}
	if proxy.Started < migrate.Ended || web.Started < proxy.Started.Add(3e9) {
		t.Errorf("migrate ended at %v, proxy started at %v, web at %v: want them in this order, web when proxy is up", migrate.Ended, proxy.Started, web.Started)
	}
	if a, b := seconds(web.Ended), seconds(proxy.Ended); !within(a, 303, 0.1) || !within(b, 305, 0.1) {
		t.Errorf("web ended at %.1f s, proxy at %.1f s; want 303 and 305", a, b)
	}
	if report := pod(t, m, "report"); report.Phase != "Succeeded" {
		t.Errorf("report is %s, want Succeeded: its sidecar must not keep it", report.Phase)
	}
	if broken := pod(t, m, "broken"); broken.Phase != "Failed" || len(starts(m, "broken", "web")) != 0 {
		t.Errorf("broken is %s with %d starts of web, want Failed without any", broken.Phase, len(starts(m, "broken", "web")))
	}
}

func TestLibraryScaleOutTakesTheTimeThatTheRegistryDictates(t *testing.T) {
	_, m := run(t, "slow-registry.yaml")
	pulls := map[string]int{}
	for _, r := range m.Containers {
		if !strings.HasSuffix(r.Image, ":1") || r.Waiting < sim.At(300e9) {
			continue
		}
		pool := r.Node[:strings.Index(r.Node, "-")]
		pulls[pool]++
		// warm: 36 x 100 MB / 125 MB/s = 28.8 s. cold: 26 x 1,000 MB + 10 x 100 MB = 27,000 MB / 125 MB/s = 216 s.
		// What is left to unpack then: web-1, 250 MB at 100 MB/s, and of base what is behind, less than 5 s in all.
		want := map[string]float64{"warm": 28.8, "cold": 216}[pool]
		if got := r.Pull.Seconds(); got < want-0.5 || got > want+5 {
			t.Errorf("%s pulled for %.1f s, want %v and a moment", r.Node, got, want)
		}
	}
	if pulls["cold"] != 26 || pulls["warm"] != 10 {
		t.Errorf("pulls %v, want 26 cold and 10 warm", pulls)
	}
}

func TestLibraryBadImageStandsStillWithEightServing(t *testing.T) {
	_, m := run(t, "rolling-update-bad-image.yaml")
	bad, fewest := 0, int64(math.MaxInt64)
	for _, p := range m.Pods {
		if p.Created >= sim.At(1200e9) && p.Created < sim.At(1800e9) {
			bad++
			if p.Started != sim.Never {
				t.Errorf("%s started", p.Name)
			}
		}
	}
	for _, s := range m.Samples {
		if s.At >= sim.At(60e9) {
			fewest = min(fewest, s.Ready)
		}
	}
	if bad != 5 || fewest != 8 {
		t.Errorf("%d pods of the bad template and %d ready at least, want 5 and 8", bad, fewest)
	}
	if w := workload(t, m, "Deployment", "web"); w.Available != 10 || w.RollingOut {
		t.Errorf("%d available at the end, rolling out %v; want all 10", w.Available, w.RollingOut)
	}
	// 100 a second from 60 s to 2,400 s; eight endpoints at least.
	if s := m.Services[0]; s.Failed() != 0 || !within(s.Asked, 100*2340, 0.01) || !within(s.PeakOfOne, 12.5, 0.01) {
		t.Errorf("of %v requests %v failed, one pod got %v a second", s.Asked, s.Failed(), s.PeakOfOne)
	}
}

func TestLibraryDrainGoesAtThePaceOfItsBudget(t *testing.T) {
	footer, m := run(t, "node-pool-drain.yaml")
	var ends []float64
	for _, p := range m.Pods {
		switch {
		case p.Ended == sim.Never && p.OwnerName != "agent" && strings.HasPrefix(p.Node, "old-"):
			t.Errorf("%s is still on %s", p.Name, p.Node)
		case p.Ended != sim.Never && strings.HasPrefix(p.Name, "web-"):
			ends = append(ends, seconds(p.Ended))
		case p.Ended != sim.Never && strings.HasPrefix(p.Name, "solo-") && p.Ended < sim.At(2520e9):
			t.Errorf("%s ended at %v, before it had a second replica", p.Name, p.Ended)
		case p.OwnerName == "agent" && p.Ended != sim.Never:
			t.Errorf("%s was evicted", p.Name)
		}
	}
	if len(ends) != 6 {
		t.Fatalf("%d web pods ended, want 6", len(ends))
	}
	for i := range ends[1:] { // 40 s to be ready, and up to 5 s until the drain tries again
		if gap := math.Abs(ends[i+1] - ends[i]); gap < 40 {
			t.Errorf("two web pods ended within %.1f s", gap)
		}
	}
	for _, s := range m.Samples { // 6 web, 1 solo and an agent on each node; of web one may be missing
		if s.At > sim.At(400e9) && s.Ready < 5+1+5 {
			t.Errorf("%d pods ready at %v", s.Ready, s.At)
		}
	}
	gaveUp := func(n record.Note) bool { return strings.Contains(n.Text, "drain did not complete within 10m0s") }
	if !slices.ContainsFunc(footer.Notes, gaveUp) {
		t.Errorf("notes %v do not say that a drain gave up", footer.Notes)
	}
}

func TestLibraryZoneOutageMovesAllOfALostZoneAndOneOfAPartlyLost(t *testing.T) {
	_, m := run(t, "zone-outage.yaml")
	late := map[string]int{}
	first, second := 0, 0
	for _, e := range m.Events {
		if e.Reason == "TaintManagerEviction" && strings.HasPrefix(e.Message, "Marking") {
			if e.First < sim.At(7200e9) {
				first++
			} else {
				second++
			}
			// 50 s of silence, a token in 10 s for each of four nodes, 300 s of toleration.
			if after := math.Mod(seconds(e.First), 7200) - 3600; second == 0 && (after < 340 || after > 400) {
				t.Errorf("%s was told to end %.0f s after the crash", e.Object, after)
			}
		}
	}
	if first != 6 || second != 1 {
		t.Errorf("%d and %d pods were evicted, want 6 of the lost zone and 1 of the zone in partial disruption", first, second)
	}
	for _, p := range m.Pods {
		if wait, ok := p.Wait(); ok && wait.Minutes() > 50 {
			late[p.OwnerName[:3]]++
		}
	}
	if late["str"] != 1 || late["web"] != 1 {
		t.Errorf("%v waited for the zone, want one strict and one web", late)
	}
	// At 1h 300 a second, of which a third go to zone-a for 42 s; then the nodes go one after another, within 11 s
	// and the second of a sync. At 3h 265 a second, three or four of nine pods.
	s := m.Services[0]
	if least, most := 100*42+265.0/3*42, 100*54+265*4.0/9*54; s.Unreachable < least || s.Unreachable > most || s.NoEndpoint > 0 || s.LongestFailing.Seconds() > 54 {
		t.Errorf("%.0f requests met a dead node, want %.0f to %.0f; %+v", s.Unreachable, least, most, s)
	}
}

func TestLibraryCronJobsKeepTheirPolicies(t *testing.T) {
	_, m := run(t, "cron-batch-night.yaml")
	for _, w := range m.Workloads {
		if strings.HasPrefix(w.Name, "index-") && w.Completed != sim.Never {
			t.Errorf("%s was done at %v", w.Name, w.Completed)
		}
		if strings.HasPrefix(w.Name, "export-") {
			t.Errorf("%s was made: there is no 2:30 this night", w.Name)
		}
	}
	if backup := workload(t, m, "Job", "backup-"); backup.Failed != 4 {
		t.Errorf("%d pods of backup failed, want 4", backup.Failed)
	}
	if report := workload(t, m, "Job", "report-"); report.Succeeded != 20 {
		t.Errorf("%d indexes of report are done, want 20", report.Succeeded)
	}
	if overlap(m, "import-") != 1 || overlap(m, "mail-") != 2 {
		t.Errorf("%d imports and %d mails at a time, want 1 and 2", overlap(m, "import-"), overlap(m, "mail-"))
	}
	if n := events(m, "JobAlreadyActive", "import"); n == 0 {
		t.Error("no import was put off")
	}
}

// overlap is how many pods whose name begins so ran at a time, at most.
func overlap(m *record.Memory, prefix string) int {
	most := 0
	for _, p := range m.Pods {
		n := 0
		for _, q := range m.Pods {
			if strings.HasPrefix(q.Name, prefix) && q.Started <= p.Started && (q.Ended == sim.Never || q.Ended > p.Started) {
				n++
			}
		}
		if strings.HasPrefix(p.Name, prefix) {
			most = max(most, n)
		}
	}
	return most
}

func TestLibraryStatefulSetWaitsForTheNodeOrForAPerson(t *testing.T) {
	_, m := run(t, "statefulset-node-dies.yaml")
	again := map[string][]record.PodRow{}
	for _, p := range m.Pods {
		if strings.HasPrefix(p.Name, "db-") {
			again[p.Name] = append(again[p.Name], p)
		}
	}
	for name, back := range map[string]float64{"db-1": 2400, "db-2": 4800} {
		rows := again[name]
		if len(rows) != 2 {
			t.Errorf("%s was there %d times, want 2", name, len(rows))
			continue
		}
		gone, came := seconds(rows[0].Ended), seconds(rows[1].Created)
		if gone > came {
			gone, came = seconds(rows[1].Ended), seconds(rows[0].Created)
		}
		if came < gone || came < back || came > back+25 {
			t.Errorf("%s was gone at %.1f s and there again at %.1f s, want within 25 s of %v", name, gone, came, back)
		}
	}
	if w := workload(t, m, "StatefulSet", "db"); w.Available != 3 {
		t.Errorf("%d of db are available at the end, want 3", w.Available)
	}
}
