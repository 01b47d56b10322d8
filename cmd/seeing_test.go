package cmd

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// seeing is a small cluster in which much happens, to be looked at.
var seeing = filepath.Join("testdata", "seeing", "scenario.yaml")

// looksLike compares with a file of testdata, or rewrites it.
func looksLike(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "seeing", name)
	if *rewrite {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("%s differs (%v); go test ./cmd -run Seeing -rewrite after a look at this:\n%s", path, err, got)
	}
}

// recordedSeeing runs the scenario once and returns the folder of the run.
func recordedSeeing(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	if got := towtank(t, "run", seeing, "--dir", dir, "-q"); got.code != 0 {
		t.Fatal(got.stderr)
	}
	return dir
}

func TestSeeingTimelines(t *testing.T) {
	dir := recordedSeeing(t)
	for _, c := range []struct {
		golden string
		args   []string
	}{
		{"timeline.txt", []string{"shop/*", dir, "--width", "120"}},
		{"timeline-part.txt", []string{"crash", "db-*", dir, "--width", "100", "--from", "1m", "--to", "4m"}},
	} {
		t.Run(c.golden, func(t *testing.T) {
			got := towtank(t, append([]string{"timeline", "-q"}, c.args...)...)
			if got.code != 0 || got.stderr != "" {
				t.Fatalf("%d, %s", got.code, got.stderr)
			}
			looksLike(t, c.golden, got.stdout)
		})
	}
}

// TestSeeingTheSameFromTheScenario shows that the folder of a run and its scenario tell the same story.
func TestSeeingTheSameFromTheScenario(t *testing.T) {
	dir := recordedSeeing(t)
	folder := towtank(t, "timeline", "crash", dir, "-q", "--width", "90")
	scenario := towtank(t, "timeline", "crash", seeing, "-q", "--width", "90")
	if folder.stdout != scenario.stdout || folder.stdout == "" {
		t.Errorf("from the folder\n%s%s\nfrom the scenario\n%s%s", folder.stdout, folder.stderr, scenario.stdout, scenario.stderr)
	}
}

func TestSeeingWhatIsThereAtAnInstant(t *testing.T) {
	dir := recordedSeeing(t)
	for _, c := range []struct {
		golden string
		args   []string
	}{
		{"get-pods.txt", []string{"pods", "-A", "--at", "2m"}},
		{"get-pods-wide.txt", []string{"pods", "-n", "shop", "-o", "wide", "--at", "7m1s"}},
		{"get-nodes.txt", []string{"nodes", "-o", "wide", "--at", "8m"}},
		{"get-workloads.txt", []string{"deploy,rs,sts,jobs,cronjobs,hpa,pdb,svc,endpointslices,pvc", "-n", "shop", "--at", "5m"}},
		{"get-cluster.txt", []string{"ds,pv,sc,ns,pc", "-A"}},
		{"get-events.txt", []string{"events", "-n", "shop", "--at", "1m"}},
		{"get-names.txt", []string{"pod,svc", "-n", "shop", "-l", "app in (web,none)", "-o", "name"}},
		{"get-pdb.yaml.txt", []string{"pdb/web", "-n", "shop", "-o", "yaml"}},
		{"get-list.json.txt", []string{"sc", "-o", "json"}},
	} {
		t.Run(c.golden, func(t *testing.T) {
			got := towtank(t, append(append([]string{"get", "-q"}, c.args...), dir)...)
			if got.code != 0 || got.stderr != "" {
				t.Fatalf("%d, %s", got.code, got.stderr)
			}
			looksLike(t, c.golden, got.stdout)
		})
	}
}

// drawn is the block of docs/seeing.md that shows a timeline.
var drawn = regexp.MustCompile("(?s)(\\$ towtank timeline crash 'db-\\*' out [^\n]*\n)(.*?)(```)")

func TestDocSeeingShowsARealTimeline(t *testing.T) {
	const path = "../docs/seeing.md"
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := towtank(t, "timeline", "crash", "db-*", recordedSeeing(t), "-q", "--from", "1m", "--to", "4m", "--width", "100").stdout
	if *rewrite {
		doc = drawn.ReplaceAll(doc, []byte("${1}"+want+"${3}"))
		if err := os.WriteFile(path, doc, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if found := drawn.FindSubmatch(doc); found == nil || string(found[2]) != want {
		t.Errorf("docs/seeing.md does not show what is drawn: go test ./cmd -run DocSeeing -rewrite\n%s", want)
	}
}

func TestSeeingFilesOfContainersAndWorkloads(t *testing.T) {
	dir := recordedSeeing(t)
	for _, name := range []string{"containers.csv", "workloads.csv"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		looksLike(t, name, string(content))
	}
	_, figures, _ := strings.Cut(towtank(t, "report", dir).stdout, "\n\n") // without the version
	looksLike(t, "summary.txt", figures)
}

// TestSeeingEveryStartOnce holds containers.csv against pods.csv: a pod's restarts are its starts beyond the first
// of each container, starts of a container do not overlap, and each is in the order of its instants.
func TestSeeingEveryStartOnce(t *testing.T) {
	var m record.Memory
	if err := record.Read(recordedSeeing(t), &m); err != nil {
		t.Fatal(err)
	}
	type key struct{ uid, container string }
	last, restarts := map[key]record.ContainerRow{}, map[string]int32{}
	for _, c := range m.Containers {
		k := key{c.UID, c.Container}
		before, again := last[k]
		if again && (c.Restart != before.Restart+1 || before.Ended == sim.Never || c.Started < before.Ended || c.Waiting != before.Ended) {
			t.Errorf("%s %s: start %d at %v after start %d that ended at %v", c.Pod, c.Container, c.Restart, c.Started, before.Restart, before.Ended)
		}
		if c.Started < c.Waiting || c.Started < c.Created || c.Ready < c.Started || c.Ended < c.Started || c.Pull > c.Started.Sub(c.Waiting) {
			t.Errorf("%s %s: out of order: %+v", c.Pod, c.Container, c)
		}
		last[k] = c
		restarts[c.UID] = max(restarts[c.UID], c.Restart)
	}
	for _, p := range m.Pods {
		if restarts[p.UID] > p.Restarts || p.Restarts > 0 && restarts[p.UID] == 0 {
			t.Errorf("%s: %d restarts, and the last start has number %d", p.Name, p.Restarts, restarts[p.UID])
		}
	}
	if len(m.Containers) < 20 || len(m.Workloads) != 6 {
		t.Errorf("%d starts and %d workloads", len(m.Containers), len(m.Workloads))
	}
}

func TestSeeingOneObject(t *testing.T) {
	dir := recordedSeeing(t)
	for _, c := range []struct {
		golden string
		args   []string
	}{
		{"describe-pod-crash.txt", []string{"pod", "shop/crash", "--at", "6m"}},
		{"describe-pod-init.txt", []string{"pod/db-0", "-n", "shop", "--at", "80s"}},
		{"describe-pod-pending.txt", []string{"po", "huge", "-n", "shop", "--at", "8m"}},
		{"describe-node.txt", []string{"node", "node-1", "--at", "2026-01-01T00:07:01Z"}},
		{"describe-node-full.txt", []string{"no", "node-0"}},
		{"describe-deployment.txt", []string{"deploy", "shop/web", "--at", "5m"}},
		{"describe-replicasets.txt", []string{"rs", "-n", "shop", "-l", "app=web", "--at", "5m"}},
		{"describe-statefulset.txt", []string{"sts/db", "-n", "shop", "--at", "5m"}},
		{"describe-daemonset.txt", []string{"ds", "kube-system/agent"}},
		{"describe-job-by-prefix.txt", []string{"job", "report-", "-n", "shop", "--at", "4m"}},
		{"describe-cronjob.txt", []string{"cj", "shop/report", "--at", "3m5s"}},
		{"describe-service.txt", []string{"svc,endpointslices", "-n", "shop", "--at", "7m3s"}},
		{"describe-pdb.txt", []string{"pdb", "shop/web", "--at", "7m3s"}},
		{"describe-claims.txt", []string{"pvc", "shop/data-db-0"}},
	} {
		t.Run(c.golden, func(t *testing.T) {
			got := towtank(t, append(append([]string{"describe", "-q"}, c.args...), dir)...)
			if got.code != 0 || got.stderr != "" {
				t.Fatalf("%d, %s", got.code, got.stderr)
			}
			looksLike(t, c.golden, got.stdout)
		})
	}
}

// TestSeeingOtherKinds looks at what the shop has none of.
func TestSeeingOtherKinds(t *testing.T) {
	for _, c := range []struct {
		golden string
		args   []string
	}{
		{"kinds-get.txt", []string{"get", "quota,limits,rc,cm,secrets,sa,controllerrevisions,svc,pv,pvc", "-A", "-o", "wide"}},
		{"kinds-replicationcontroller.txt", []string{"describe", "rc", "lab/old"}},
		{"kinds-job.txt", []string{"describe", "job", "batch", "-n", "lab", "--at", "90s"}},
		{"kinds-quota.txt", []string{"describe", "quota,limits", "-n", "lab"}},
		{"kinds-namespace.txt", []string{"describe", "ns", "lab"}},
		{"kinds-cluster.txt", []string{"describe", "pc/urgent", "sc/zonal", "pv/disk-0"}},
		{"kinds-claim.txt", []string{"describe", "pvc", "lab/data"}},
		{"kinds-service.txt", []string{"describe", "svc", "old", "-n", "lab"}},
		{"kinds-endpointslice.txt", []string{"describe", "endpointslices", "-n", "lab"}},
	} {
		t.Run(c.golden, func(t *testing.T) {
			got := towtank(t, append(c.args, "-q", filepath.Join("testdata", "seeing", "kinds.yaml"))...)
			if got.code != 0 || got.stderr != "" {
				t.Fatalf("%d, %s", got.code, got.stderr)
			}
			looksLike(t, c.golden, got.stdout)
		})
	}
}

// TestSeeingYAMLIsReadAgain feeds what get -o yaml prints to a run of its own.
func TestSeeingYAMLIsReadAgain(t *testing.T) {
	got := towtank(t, "get", "nodes,pods,deploy,rs", "-A", "-o", "yaml", "--at", "3m", "-q", seeing)
	if again := towtank(t, "run", write(t, "cluster.yaml", got.stdout), "-q", "--until", "1m"); again.code != 0 || !strings.Contains(again.stdout, "NODES        3") {
		t.Errorf("%d, %s, %s", again.code, again.stdout, again.stderr)
	}
}

func TestSeeingNothing(t *testing.T) {
	for _, verb := range []string{"get", "describe"} {
		got := towtank(t, verb, "pods", seeing, "-q")
		if got.code != 0 || got.stdout != "" || got.stderr != "No resources found in default namespace.\n" {
			t.Errorf("%s: %d, %q, %q", verb, got.code, got.stdout, got.stderr)
		}
	}
}

func TestSeeingATimelineAsJSONIsInOrderAndKnowsItsEnds(t *testing.T) {
	got := towtank(t, "timeline", "*", seeing, "-q", "-o", "json")
	var d timelineDocument
	if err := json.Unmarshal([]byte(got.stdout), &d); err != nil || len(d.Containers) < 20 {
		t.Fatalf("%d containers, %v: %s", len(d.Containers), err, got.stderr)
	}
	for _, c := range d.Containers {
		for i, s := range c.Spans {
			if s.To < s.From || i > 0 && s.From < c.Spans[i-1].To {
				t.Errorf("%s %s: %v–%v after %v", c.Pod, c.Container, s.From, s.To, c.Spans[max(i-1, 0)].To)
			}
			if failed := s.Stage == "failed"; failed != (s.ExitCode != nil && *s.ExitCode != 0) {
				t.Errorf("%s %s: %s with exit code %v", c.Pod, c.Container, s.Stage, s.ExitCode)
			}
		}
	}
}

func TestSeeingRefusesWhatCannotBeSeen(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"no run", []string{"timeline", "web-0"}, "want at least a pod and where to look for it"},
		{"a folder that is neither a run nor a scenario", []string{"timeline", "web-0", "testdata"}, "testdata is neither the folder of a run nor a scenario"},
		{"a pod that is not there, with one that may be meant", []string{"timeline", "cras", seeing, "-q"}, `there is no pod "cras"`},
		{"an instant after the end", []string{"timeline", "crash", seeing, "-q", "--to", "1h"}, "--to: 1h lies after the end of the run, which was at 10m"},
		{"a kind that is not one", []string{"get", "poems", seeing}, `there is no kind "poems", want one of `},
		{"an object that is not there", []string{"get", "pod", "nope", "-n", "shop", "-q", seeing}, `pods "nope" not found at 10m`},
		{"a selector that is none", []string{"get", "pods", "-l", "a=b=c", seeing}, `"a=b=c" is not a condition on a label`},
		{"a selector beside a name", []string{"get", "pods", "x", "-l", "a", seeing}, "-l is for lists"},
		{"a kind that cannot be described", []string{"describe", "events", "web", seeing}, `events cannot be described; towtank get events -o yaml prints all there is`},
		{"a pod of another name", []string{"describe", "pod", "shop/crash-1", "-q", "--at", "1m", seeing}, `pods "crash-1" not found at 1m, did you mean shop/crash?`},
		{"nothing to describe", []string{"describe", seeing}, "want a kind, as a rule a name"},
		{"names in two namespaces", []string{"describe", "pod", "shop/crash", "kube-system/x", seeing}, `"kube-system/x": lies in another namespace`},
		{"an instant without a unit", []string{"get", "pods", "--at", "5", seeing}, "--at: 5 has no unit"},
		{"a pattern that is none", []string{"timeline", "[", seeing}, `"[" is not a name or pattern of pods`},
		{"a form that is not one", []string{"timeline", "crash", seeing, "-o", "xml"}, `"xml" is not a form of output`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := towtank(t, c.args...)
			if got.code != ExitBadInput || !strings.Contains(got.stderr, c.want) || got.stdout != "" {
				t.Errorf("%d, %s, %s", got.code, got.stdout, got.stderr)
			}
		})
	}
}
