package cmd

import (
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/apiserver"
	"towtank.dev/towtank/sim/world"
)

// timelineFlags are the flags of towtank timeline.
type timelineFlags struct {
	pastFlags
	from, to string
	width    int
	form     string
}

func (a *app) timelineCommand() *cobra.Command {
	flags := new(timelineFlags)
	c := &cobra.Command{
		Use:   "timeline POD... DIR | timeline POD... SCENARIO",
		Short: "Draw what the containers of pods did, a line each",
		Long: `Timeline draws a line for each container of the pods: when it waited, when its image was pulled, when it was
started, ran without being ready, was ready, was held back, and when it ended.

A POD is NAMESPACE/NAME, or a name in any namespace; * and ? stand for parts of names. DIR is the folder that a run
left with --dir: the run is made again from the inputs kept there. A scenario is run.`,
		Example: `  towtank timeline shop/web-0 out
  towtank timeline 'web-*' db-0 out --from 10m --to 25m
  towtank timeline web-0 scenario.yaml -o json`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usageError{errors.New("want at least a pod and where to look for it: the folder of a run, or a scenario")}
			}
			if flags.form != "table" && flags.form != "json" {
				return usageError{fmt.Errorf("-o: %q is not a form of output, want one of json, table", flags.form)}
			}
			return a.timeline(flags, args[:len(args)-1], args[len(args)-1])
		},
	}
	flags.flags(c)
	f := c.Flags()
	f.StringVar(&flags.from, "from", "", "the instant to begin with; without it that at which the first of the pods came")
	f.StringVar(&flags.to, "to", "", "the instant to end with; without it that of the last change, or of the end of the run")
	f.IntVar(&flags.width, "width", 0, "columns of text; without it those of the terminal, or 120")
	f.StringVarP(&flags.form, "output", "o", "table", "form of standard output: json, table")
	complete(c, "output", []string{"json", "table"})
	return c
}

// timeline follows the pods and draws them.
func (a *app) timeline(flags *timelineFlags, pods []string, source string) error {
	for _, pattern := range pods {
		if _, err := path.Match(pattern, ""); err != nil {
			return usageError{fmt.Errorf("%q is not a name or pattern of pods", pattern)}
		}
	}
	p, err := a.openPast(&flags.pastFlags, source)
	if err != nil {
		return err
	}
	to, err := p.instant("to", flags.to)
	if err != nil {
		return err
	}
	follower := &podFollower{wanted: pods}
	session, err := p.goTo(to, follower.begin)
	if err != nil {
		return err
	}
	if _, err := session.Close(); err != nil {
		return err
	}
	follower.Close(to)
	if len(follower.Lines) == 0 {
		x := &explainer{wanted: pods[0], source: source, others: follower.near}
		return x.missing()
	}
	if flags.form == "json" {
		return a.printJSON(follower.document(source, to))
	}
	from := follower.first
	if flags.from != "" {
		if from, err = p.instant("from", flags.from); err != nil {
			return err
		}
	}
	if from >= to {
		return usageError{fmt.Errorf("nothing lies between %v and %v", reports.Instant(from), reports.Instant(to))}
	}
	return a.print([]byte(follower.Draw(from, to, a.width(flags.width))))
}

// width is how wide text may be: as asked, as the terminal is, or 120 columns.
func (a *app) width(asked int) int {
	if asked > 0 {
		return asked
	}
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
		return columns
	}
	if file, ok := a.stdout.(*os.File); ok {
		if columns, _, err := term.GetSize(int(file.Fd())); err == nil && columns > 0 {
			return columns
		}
	}
	return 120
}

// podFollower feeds a timeline with the pods that are wanted.
type podFollower struct {
	reports.Timeline
	wanted []string
	near   []string // names of other pods
	first  sim.Time
}

// begin takes in the pods that are there, and watches from then on.
func (f *podFollower) begin(s *world.Session) {
	f.first = sim.Never
	for _, node := range s.API().Nodes.List() {
		f.node(s, node)
	}
	for _, pod := range s.API().Pods.List() {
		f.take(s.Now(), apiserver.Change{Type: apiserver.Added, New: pod})
	}
	s.API().Observe(func(c apiserver.Change) {
		if node, ok := c.Object().(*model.Node); ok {
			f.node(s, node)
		}
		f.take(s.Now(), c)
	})
	s.API().Events.Observe(func(_ apiserver.ChangeType, e *model.Event) {
		if e.Object.Kind == model.KindPod {
			f.Event(s.Now(), e)
		}
	})
}

// node follows which nodes are not heard of. The control plane says so late, but since when it has not heard.
func (f *podFollower) node(s *world.Session, node *model.Node) {
	ready := node.Status.Condition("Ready")
	if ready == nil || ready.Status != model.ConditionUnknown {
		f.Heard(s.Now(), node.Name)
		return
	}
	since, ok := s.LeaseRenewed(node.Name)
	if !ok {
		since = ready.LastTransition
	}
	f.Silent(since, node.Name)
}

func (f *podFollower) take(now sim.Time, c apiserver.Change) {
	pod, ok := c.Object().(*model.Pod)
	if !ok {
		return
	}
	if !f.is(pod) {
		if len(f.near) < manyNear && strings.HasPrefix(pod.Name, strings.TrimRight(f.wanted[0], "*")) && !slices.Contains(f.near, pod.Key()) {
			f.near = append(f.near, pod.Key())
		}
		return
	}
	f.first = min(f.first, max(pod.Created, 0))
	if c.Type == apiserver.Deleted {
		f.Gone(now, pod)
		return
	}
	f.Pod(now, pod)
}

func (f *podFollower) is(pod *model.Pod) bool {
	for _, pattern := range f.wanted {
		name := pod.Name
		if strings.Contains(pattern, "/") {
			name = pod.Key()
		}
		if ok, _ := path.Match(pattern, name); ok {
			return true
		}
	}
	return false
}

// timelineDocument is what programs get.
type timelineDocument struct {
	Source     string              `json:"source"`
	End        float64             `json:"end_seconds"`
	Containers []timelineContainer `json:"containers"`
}

type timelineContainer struct {
	Pod       string         `json:"pod"`
	UID       string         `json:"uid"`
	Container string         `json:"container"`
	Init      bool           `json:"init,omitempty"`
	Spans     []timelineSpan `json:"spans"`
}

type timelineSpan struct {
	From     float64 `json:"from_seconds"`
	To       float64 `json:"to_seconds"`
	Stage    string  `json:"stage"`
	Reason   string  `json:"reason,omitempty"`
	Restart  int32   `json:"restart"`
	ExitCode *int32  `json:"exitCode,omitempty"`
}

func (f *podFollower) document(source string, end sim.Time) *timelineDocument {
	d := &timelineDocument{Source: source, End: end.Seconds(), Containers: []timelineContainer{}}
	for _, line := range f.Lines {
		c := timelineContainer{Pod: line.Pod, UID: line.UID, Container: line.Container, Init: line.Init, Spans: []timelineSpan{}}
		for _, s := range line.Spans {
			if s.Stage == reports.StageNone {
				continue
			}
			span := timelineSpan{From: s.From.Seconds(), To: s.To.Seconds(), Stage: string(s.Stage), Reason: s.Reason, Restart: s.Restart}
			if s.Stage == reports.StageEnded || s.Stage == reports.StageFailed {
				span.ExitCode = &s.ExitCode
			}
			c.Spans = append(c.Spans, span)
		}
		d.Containers = append(d.Containers, c)
	}
	return d
}
