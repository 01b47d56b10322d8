package reports

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"towtank.dev/towtank/sim"
)

// stageMarks are the stages in the order of the legend, with what is drawn for them.
var stageMarks = []struct {
	stage ContainerStage
	mark  rune
	words string
}{
	{StageWaiting, '·', "waiting"},
	{StagePulling, '↓', "pulling"},
	{StageStarting, ':', "starting"},
	{StageUnready, '░', "running, not ready"},
	{StageReady, '█', "ready"},
	{StageBackOff, '~', "back-off"},
	{StageEnded, 'o', "ended with 0"},
	{StageFailed, 'x', "ended otherwise"},
	{StageUnknown, '?', "unknown: the node is silent"},
}

// narrowestBar is the least number of columns for time, however little room there is.
const narrowestBar = 20

// Draw draws the lines as text from one instant to another, as wide as it may be, in columns of a terminal.
func (t *Timeline) Draw(from, to sim.Time, width int) string {
	labels, tails := make([]string, len(t.Lines)), make([]string, len(t.Lines))
	left, right := 0, 0
	for i, line := range t.Lines {
		labels[i], tails[i] = line.label(), line.tail(from, to)
		left, right = max(left, utf8.RuneCountInString(labels[i])), max(right, utf8.RuneCountInString(tails[i]))
	}
	columns := max(width-left-right-4, narrowestBar)
	scale := newTimeScale(from, to, columns)
	var b strings.Builder
	margin := strings.Repeat(" ", left+2)
	b.WriteString(margin + scale.labels() + "\n" + margin + scale.ticks() + "\n")
	used := map[ContainerStage]bool{}
	for i, line := range t.Lines {
		bar := scale.bar(line, used)
		text := fmt.Sprintf("%s%s  %s  %s", labels[i], strings.Repeat(" ", left-utf8.RuneCountInString(labels[i])), bar, tails[i])
		b.WriteString(strings.TrimRight(text, " ") + "\n")
	}
	b.WriteString("\n" + legend(used) + fmt.Sprintf("A column is %s: what lasts longest in it is drawn, and each end.\n", Span(scale.column())))
	return b.String()
}

func (l *ContainerLine) label() string {
	name := l.Pod
	if l.Number > 1 {
		name += fmt.Sprintf("#%d", l.Number)
	}
	name += " " + l.Container
	if l.Init {
		name += " (init)"
	}
	return name
}

// tail is what is told behind the bar: how much of its life the container was ready, how often it was started,
// and why it is not ready in the end.
func (l *ContainerLine) tail(from, to sim.Time) string {
	ready, life, starts, last := time.Duration(0), time.Duration(0), 0, StageSpan{}
	for i, s := range l.Spans {
		within := min(s.To, to).Sub(max(s.From, from))
		if within < 0 || s.Stage == StageNone {
			continue
		}
		last = s
		if s.running && s.From >= from && (i == 0 || !l.Spans[i-1].running || l.Spans[i-1].Restart != s.Restart) {
			starts++
		}
		if !s.ended() || l.goesOn(i) {
			life += within
		}
		if s.Stage == StageReady {
			ready += within
		}
	}
	var words []string
	if ready > 0 && !l.Init {
		words = append(words, fmt.Sprintf("ready %s %%", percent(float64(ready)/float64(life))))
	}
	if starts > 1 {
		words = append(words, fmt.Sprintf("%d starts", starts))
	}
	if last.Reason != "" {
		words = append(words, last.Reason)
	} else if ready == 0 || l.Init {
		words = append(words, string(last.Stage))
	}
	return strings.Join(words, ", ")
}

// legend explains the marks that were drawn.
func legend(used map[ContainerStage]bool) string {
	var words []string
	for _, m := range stageMarks {
		if used[m.stage] {
			words = append(words, string(m.mark)+" "+m.words)
		}
	}
	if len(words) == 0 {
		return ""
	}
	return strings.Join(words, "   ") + "\n"
}
