package controllers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// batchJob is a Job as the API server has it.
func batchJob(change ...func(*model.Job)) *model.Job {
	one := int32(1)
	spec := *bedSpec
	spec.RestartPolicy = model.RestartNever
	j := &model.Job{ObjectMeta: model.ObjectMeta{Name: "night"}, JobSpec: model.JobSpec{Parallelism: 1, Completions: &one,
		BackoffLimit: 6, CompletionMode: model.NonIndexed, PodReplacementPolicy: "TerminatingOrFailed",
		Template: &model.PodTemplate{Labels: map[string]string{"app": "night"}, Spec: &spec, Hash: 7}}}
	for _, f := range change {
		f(j)
	}
	return j
}

func int32Of(n int32) *int32 { return &n }

// end ends a pod: with code 0 it has succeeded.
func (b *bed) end(pod *model.Pod, exit int32) {
	b.t.Helper()
	out := apiserver.Copy(pod).(*model.Pod)
	out.Status.Phase = model.PodSucceeded
	if exit != 0 {
		out.Status.Phase = model.PodFailed
	}
	out.Status.Conditions = nil
	out.Status.Containers = []model.ContainerStatus{{Name: "c", State: model.ContainerState{Kind: model.ContainerTerminated,
		ExitCode: exit, Finished: b.engine.Now()}}}
	b.must(b.Update(out))
}

// play lets pods run two seconds each and end with the code that exit gives to the n-th one of its index (index
// and n from 0), for a time; it returns when each pod was made: "0s", or with its index "0s #3".
func (b *bed) play(d time.Duration, exit func(index, n int) int32) string {
	b.t.Helper()
	made, seen := []string{}, map[string]time.Duration{}
	nth, of := map[int]int{}, map[string]int{}
	b.Observe(func(c apiserver.Change) {
		p, ok := c.New.(*model.Pod)
		if !ok || c.Type != apiserver.Added {
			return
		}
		text := fmt.Sprintf("%.0fs", time.Duration(b.engine.Now()).Seconds())
		if i := indexOf(p); i >= 0 {
			text += fmt.Sprintf(" #%d", i)
		}
		made = append(made, text)
		seen[p.UID], of[p.UID] = time.Duration(b.engine.Now()), nth[indexOf(p)]
		nth[indexOf(p)]++
	})
	for end := b.engine.Now().Add(d); b.engine.Now() < end; b.run(100 * time.Millisecond) {
		for _, p := range b.Pods.List() {
			if p.Status.Phase == model.PodRunning && !p.Deleting && time.Duration(b.engine.Now())-seen[p.UID] >= 2*time.Second {
				b.end(p, exit(indexOf(p), of[p.UID]))
			}
		}
	}
	return strings.Join(made, ", ")
}

// job is the Job in a line.
func (b *bed) job() string {
	j, ok := b.Jobs.Get("default", "night")
	if !ok {
		return "gone"
	}
	last := ""
	if n := len(j.Status.Conditions); n > 0 {
		last = j.Status.Conditions[n-1].Type + "/" + j.Status.Conditions[n-1].Reason
	}
	text := fmt.Sprintf("active %d, succeeded %d, failed %d, %s", j.Status.Active, j.Status.Succeeded, j.Status.Failed, last)
	if j.Status.CompletedIndexes != "" {
		text += ", done " + j.Status.CompletedIndexes
	}
	if j.Status.FailedIndexes != nil && *j.Status.FailedIndexes != "" {
		text += ", lost " + *j.Status.FailedIndexes
	}
	return text
}

func always(code int32) func(int, int) int32 { return func(int, int) int32 { return code } }

// Pods of the bed run a second after they are made and here end 2 s after that instant. The Job looks at what
// has happened a second later.
func TestJobsRunUntilEnoughHaveSucceeded(t *testing.T) {
	indexed := func(n, parallelism int32) func(*model.Job) {
		return func(j *model.Job) { j.CompletionMode, j.Completions, j.Parallelism = model.Indexed, &n, parallelism }
	}
	for _, test := range []struct {
		name string
		job  *model.Job
		exit func(index, n int) int32
		made string
		want string
	}{
		{"one pod that succeeds", batchJob(), always(0), "0s", "active 0, succeeded 1, failed 0, Complete/CompletionsReached"},
		{"four, two at a time", batchJob(func(j *model.Job) { j.Completions, j.Parallelism = int32Of(4), 2 }), always(0),
			"0s, 0s, 3s, 3s", "active 0, succeeded 4, failed 0, Complete/CompletionsReached"},
		{"any success of three will do", batchJob(func(j *model.Job) { j.Completions, j.Parallelism = nil, 3 }), always(0),
			"0s, 0s, 0s", "active 0, succeeded 3, failed 0, Complete/CompletionsReached"},
		// A failure at 2 s is followed by 10 s, one at 14 s by 20 s, one at 36 s by 40 s; finish times are whole seconds.
		{"failures wait longer and longer", batchJob(func(j *model.Job) { j.BackoffLimit = 2 }), always(1),
			"0s, 12s, 34s", "active 0, succeeded 0, failed 3, Failed/BackoffLimitExceeded"},
		{"the lowest index first", batchJob(indexed(3, 2)), always(0),
			"0s #0, 0s #1, 3s #2", "active 0, succeeded 3, failed 0, Complete/CompletionsReached, done 0-2"},
		{"an index that fails for good fails the Job at its end", batchJob(indexed(3, 3), func(j *model.Job) {
			j.BackoffLimit, j.BackoffLimitPerIndex = 1<<31-1, int32Of(1)
		}), func(index, _ int) int32 {
			if index == 1 {
				return 1
			}
			return 0
		}, "0s #0, 0s #1, 0s #2, 12s #1", "active 0, succeeded 2, failed 2, Failed/FailedIndexes, done 0,2, lost 1"},
		{"an exit code that must not be", batchJob(func(j *model.Job) {
			j.FailureRules = []model.PodFailureRule{{Action: "FailJob", Operator: "In", ExitCodes: []int32{42}}}
		}), always(42), "0s", "active 0, succeeded 0, failed 1, Failed/PodFailurePolicy"},
		{"an exit code that does not count", batchJob(func(j *model.Job) {
			j.BackoffLimit = 0
			j.FailureRules = []model.PodFailureRule{{Action: "Ignore", Operator: "In", ExitCodes: []int32{42}}}
		}), func(_, n int) int32 {
			if n == 0 {
				return 42
			}
			return 0
		}, "0s, 12s", "active 0, succeeded 1, failed 0, Complete/CompletionsReached"},
		{"two indexes are enough", batchJob(indexed(4, 1), func(j *model.Job) {
			j.SuccessRules = []model.SuccessRule{{SucceededCount: int32Of(2)}}
		}), always(0), "0s #0, 3s #1", "active 0, succeeded 2, failed 0, Complete/SuccessPolicy, done 0,1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBed(t, quick)
			b.add(test.job)
			made := b.play(3*time.Minute, test.exit)
			if got := b.job(); made != test.made || got != test.want {
				t.Errorf("made %s\nwant %s\ngot  %s\nwant %s", made, test.made, got, test.want)
			}
			for p := range b.Pods.All() {
				if tracked(p) {
					t.Errorf("pod %s still has its finalizer", p.Name)
				}
			}
		})
	}
}

func TestAJobStopsAtItsDeadlineAndWhenItIsSuspended(t *testing.T) {
	b := newBed(t, quick)
	limit := int64(30)
	b.add(batchJob(func(j *model.Job) { j.ActiveDeadlineSeconds = &limit }))
	b.run(time.Minute)
	if got := b.job(); got != "active 0, succeeded 0, failed 1, Failed/DeadlineExceeded" {
		t.Errorf("got %s", got)
	}
	b = newBed(t, quick)
	b.add(batchJob())
	b.run(10 * time.Second)
	suspend := func(yes bool) {
		j, _ := b.Jobs.Get("default", "night")
		out := apiserver.Copy(j).(*model.Job)
		out.Suspend = yes
		out.Generation++
		b.must(b.Update(out))
		b.run(10 * time.Second)
	}
	suspend(true)
	if got := b.job(); got != "active 0, succeeded 0, failed 0, Suspended/JobSuspended" || b.Pods.Len() != 0 {
		t.Errorf("suspended: %s, %d pods", got, b.Pods.Len())
	}
	suspend(false)
	if got := b.job(); got != "active 1, succeeded 0, failed 0, Suspended/JobResumed" {
		t.Errorf("resumed: %s", got)
	}
}

func TestAFinishedJobGoesAfterItsTime(t *testing.T) {
	b := newBed(t, quick)
	b.add(batchJob(func(j *model.Job) { j.TTLSecondsAfterFinished = int32Of(60) }))
	b.play(30*time.Second, always(0))
	if got := b.job(); !strings.Contains(got, "Complete") {
		t.Fatalf("got %s", got)
	}
	b.run(2 * time.Minute)
	if got := b.job(); got != "gone" || b.Pods.Len() != 0 {
		t.Errorf("got %s, %d pods", got, b.Pods.Len())
	}
}

func TestIntervalsAreWrittenAndRead(t *testing.T) {
	for _, test := range []struct{ text, again string }{
		{"", ""}, {"3", "3"}, {"0,1", "0,1"}, {"0-2,5,7-9", "0-2,5,7-9"}, {"0,1,2", "0-2"}, {"1,x,3", "1,3"}, {"8-20", "8,9"}, {"12", ""},
	} {
		if got := parseIntervals(test.text, 10).String(); got != test.again {
			t.Errorf("%q read and written is %q, want %q", test.text, got, test.again)
		}
	}
	if got := parseIntervals("0-2,6", 10).withIndexes(3, 5, 9).String(); got != "0-3,5,6,9" {
		t.Errorf("the union is %q", got)
	}
}
