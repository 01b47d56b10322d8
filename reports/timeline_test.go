package reports_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/sim"
)

func second(n int) sim.Time { return sim.At(time.Duration(n) * time.Second) }

// followed is a pod of one container whose statuses are given second by second.
func followed(probe *model.Probe, steps func(see func(at int, s model.ContainerStatus), event func(at int, reason string))) *reports.Timeline {
	pod := model.Pod{ObjectMeta: model.ObjectMeta{Namespace: "shop", Name: "web-0", UID: "1"},
		Spec: &model.PodSpec{Containers: []model.Container{{Name: "web", StartupProbe: probe}}}}
	t := new(reports.Timeline)
	first := pod
	t.Pod(0, &first)
	steps(func(at int, s model.ContainerStatus) {
		s.Name = "web"
		now := pod
		now.Status.Containers = []model.ContainerStatus{s}
		t.Pod(second(at), &now)
	}, func(at int, reason string) {
		t.Event(second(at), &model.Event{Reason: reason, Object: model.ObjectReference{Kind: model.KindPod, Namespace: "shop", Name: "web-0",
			UID: "1", FieldPath: "spec.containers{web}"}})
	})
	t.Close(second(100))
	return t
}

func waiting(reason string, restarts int32, last model.ContainerState) model.ContainerStatus {
	return model.ContainerStatus{State: model.ContainerState{Kind: model.ContainerWaiting, Reason: reason}, RestartCount: restarts, Last: last}
}

func runningSince(at int, restarts int32, ready bool) model.ContainerStatus {
	return model.ContainerStatus{State: model.ContainerState{Kind: model.ContainerRunning, Started: second(at)}, RestartCount: restarts,
		Ready: ready, Started: ready}
}

func endedAt(from, to int, code int32) model.ContainerState {
	return model.ContainerState{Kind: model.ContainerTerminated, Started: second(from), Finished: second(to), ExitCode: code, Reason: "Error"}
}

func TestTimelineStages(t *testing.T) {
	for _, c := range []struct {
		name  string
		probe *model.Probe
		steps func(see func(int, model.ContainerStatus), event func(int, string))
		want  string
	}{
		{"a pull is known from events, and a start is told as it was, not as it was written",
			nil, func(see func(int, model.ContainerStatus), event func(int, string)) {
				see(2, waiting("ContainerCreating", 0, model.ContainerState{}))
				event(5, "Pulling")
				event(20, "Pulled")
				see(30, runningSince(22, 0, false))
				see(40, runningSince(22, 0, true))
			}, "waiting 0-2, waiting/ContainerCreating 2-5, pulling/ContainerCreating 5-20, starting/ContainerCreating 20-22, not ready 22-40, ready 40-100"},
		{"with a startup probe a container is starting until it has succeeded",
			new(model.Probe), func(see func(int, model.ContainerStatus), event func(int, string)) {
				see(10, runningSince(10, 0, false))
				see(25, runningSince(10, 0, true))
			}, "waiting 0-10, starting 10-25, ready 25-100"},
		{"an end that no status told of by itself is found in the last state of the next one",
			nil, func(see func(int, model.ContainerStatus), event func(int, string)) {
				see(10, runningSince(10, 0, true))
				s := runningSince(35, 1, true)
				s.Last = endedAt(10, 30, 1)
				see(36, s)
			}, "waiting 0-10, ready 10-30, failed/Error 30-35, ready 35-100"},
		{"a start and its end between two statuses are not lost",
			nil, func(see func(int, model.ContainerStatus), event func(int, string)) {
				see(10, waiting("ContainerCreating", 0, model.ContainerState{}))
				see(40, waiting("CrashLoopBackOff", 0, endedAt(20, 30, 2)))
			}, "waiting 0-10, waiting/ContainerCreating 10-20, not ready 20-30, failed/Error 30-40, back-off/CrashLoopBackOff 40-100"},
		{"an image that is not there is held back between tries",
			nil, func(see func(int, model.ContainerStatus), event func(int, string)) {
				event(10, "Pulling")
				event(12, "Failed")
				see(13, waiting("ErrImagePull", 0, model.ContainerState{}))
				event(30, "Pulling")
				event(31, "Failed")
				see(31, waiting("ImagePullBackOff", 0, model.ContainerState{}))
			}, "waiting 0-10, pulling 10-12, waiting 12-13, back-off/ErrImagePull 13-30, pulling/ErrImagePull 30-31, back-off/ImagePullBackOff 31-100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, s := range followed(c.probe, c.steps).Lines[0].Spans {
				words := string(s.Stage)
				if s.Reason != "" {
					words += "/" + s.Reason
				}
				got = append(got, fmt.Sprintf("%s %v-%v", words, s.From.Seconds(), s.To.Seconds()))
			}
			if text := strings.Join(got, ", "); text != c.want {
				t.Errorf("\ngot  %s\nwant %s", text, c.want)
			}
		})
	}
}

// 100 s over 20 columns: 5 s each. Started at 10 s (column 2), ready at 20 s (column 4), ended at 52 s, which
// is in column 10 (50 s to 55 s), and ready again from 53 s on: 32 s + 47 s of 100 s.
func TestTimelineDrawsAnEndHoweverShort(t *testing.T) {
	line := followed(nil, func(see func(int, model.ContainerStatus), event func(int, string)) {
		see(10, runningSince(10, 0, false))
		see(20, runningSince(10, 0, true))
		s := runningSince(53, 1, true)
		s.Last = endedAt(10, 52, 137)
		see(53, s)
	})
	want := "                0s          1m\n" +
		"                ┬───────────┬───────\n" +
		"shop/web-0 web  ··░░██████x█████████  ready 79.0 %, 2 starts\n\n" +
		"· waiting   ░ running, not ready   █ ready   x ended otherwise\n" +
		"A column is 5s: what lasts longest in it is drawn, and each end.\n"
	if got := line.Draw(0, second(100), 20); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Ended at 40 s of 100 s, in column 8 of 20: held back from column 9 on where the policy starts it again.
func TestTimelineTellsAnEndForGoodFromOneThatIsNot(t *testing.T) {
	for _, c := range []struct {
		policy model.RestartPolicy
		code   int32
		want   string
	}{
		{model.RestartAlways, 0, "········o~~~~~~~~~~~"}, {model.RestartOnFailure, 1, "········x~~~~~~~~~~~"},
		{model.RestartOnFailure, 0, "········oooooooooooo"}, {model.RestartNever, 1, "········xxxxxxxxxxxx"},
	} {
		pod := &model.Pod{ObjectMeta: model.ObjectMeta{Name: "p", UID: "1"}, Spec: &model.PodSpec{RestartPolicy: c.policy, Containers: []model.Container{{Name: "c"}}}}
		line := new(reports.Timeline)
		line.Pod(0, pod)
		after := *pod
		after.Status.Containers = []model.ContainerStatus{{Name: "c", State: endedAt(40, 40, c.code)}}
		line.Pod(second(41), &after)
		line.Close(second(100))
		if got := line.Draw(0, second(100), 20); !strings.Contains(got, "p c  "+c.want+" ") {
			t.Errorf("%s, code %d: want %s in\n%s", c.policy, c.code, c.want, got)
		}
	}
}

// told are the spans of a line in words.
func told(line *reports.ContainerLine) string {
	var words []string
	for _, s := range line.Spans {
		words = append(words, fmt.Sprintf("%s %v-%v", s.Stage, s.From.Seconds(), s.To.Seconds()))
	}
	return strings.Join(words, ", ")
}

// podOn is a pod on node n whose container was started at an instant and is ready.
func podOn(uid string, created, started int) *model.Pod {
	pod := &model.Pod{ObjectMeta: model.ObjectMeta{Name: "p", UID: uid, Created: second(created)}, NodeName: "n", Spec: &model.PodSpec{Containers: []model.Container{{Name: "c"}}}}
	pod.Status.Containers = []model.ContainerStatus{runningSince(started, 0, true)}
	pod.Status.Containers[0].Name = "c"
	return pod
}

// The node is last heard of at 30 s, which is noticed at 70 s, and heard of again at 90 s.
func TestTimelineKnowsNothingOfASilentNode(t *testing.T) {
	for _, c := range []struct {
		name  string
		after func(line *reports.Timeline, pod *model.Pod)
		want  string
	}{
		{"what was true before the silence is true again after it", func(*reports.Timeline, *model.Pod) {},
			"not ready 10-11, ready 11-30, unknown 30-90, ready 90-100"},
		{"a pod that is changed while its node is silent stays unknown", func(line *reports.Timeline, pod *model.Pod) {
			deleting := *pod
			deleting.Deleting = true
			line.Pod(second(80), &deleting)
		}, "not ready 10-11, ready 11-30, unknown 30-90, ready 90-100"},
		{"a pod that is taken away meanwhile is gone", func(line *reports.Timeline, pod *model.Pod) { line.Gone(second(80), pod) },
			"not ready 10-11, ready 11-30, unknown 30-80,  80-100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			line, pod := new(reports.Timeline), podOn("1", 10, 10)
			unready := *pod
			unready.Status.Containers = []model.ContainerStatus{runningSince(10, 0, false)}
			unready.Status.Containers[0].Name = "c"
			line.Pod(second(10), &unready)
			line.Pod(second(11), pod)
			line.Silent(second(30), "n")
			line.Silent(second(60), "n") // is known already
			line.Silent(second(30), "other")
			c.after(line, pod)
			line.Heard(second(90), "n")
			line.Close(second(100))
			if got := told(line.Lines[0]); got != c.want {
				t.Errorf("\ngot  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestTimelineParsPodsOfOneName(t *testing.T) {
	line := new(reports.Timeline)
	first, other, again := podOn("1", 0, 0), podOn("2", 0, 0), podOn("3", 50, 50)
	other.Name = "q"
	line.Pod(0, first)
	line.Pod(0, other)
	line.Gone(second(40), first)
	line.Pod(second(50), again)
	line.Gone(second(60), first) // is gone already
	line.Close(second(100))
	// 100 s over 20 columns: gone after 8 of them, there again after 10.
	want := []string{"p c    ████████              ready", "p#2 c            ██████████  ready", "q c    ████████████████████  ready"}
	for i, l := range strings.Split(line.Draw(0, second(100), 20), "\n")[2:5] {
		if !strings.HasPrefix(l, want[i]) {
			t.Errorf("got  %s\nwant %s", l, want[i])
		}
	}
}
