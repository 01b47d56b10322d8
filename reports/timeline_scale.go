package reports

import (
	"strings"
	"time"
	"unicode/utf8"

	"towtank.dev/towtank/sim"
)

// timeScale lays a stretch of time over columns.
type timeScale struct {
	from, to sim.Time
	columns  int
	step     time.Duration // between two ticks
}

// tickSteps are the distances that people read easily.
var tickSteps = []time.Duration{
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
	24 * time.Hour, 48 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour, 28 * 24 * time.Hour,
}

// tickColumns is the least distance between two ticks, so that their labels stay apart.
const tickColumns = 12

func newTimeScale(from, to sim.Time, columns int) *timeScale {
	if to <= from {
		to = from.Add(time.Second)
	}
	s := &timeScale{from: from, to: to, columns: columns, step: tickSteps[len(tickSteps)-1]}
	for _, step := range tickSteps {
		if s.width(step) >= tickColumns {
			s.step = step
			break
		}
	}
	return s
}

// width is how many columns a length of time takes.
func (s *timeScale) width(d time.Duration) int {
	return int(float64(d) / float64(s.to.Sub(s.from)) * float64(s.columns))
}

// column is the length of time of one column.
func (s *timeScale) column() time.Duration { return s.to.Sub(s.from) / time.Duration(s.columns) }

// start is the instant at which a column begins.
func (s *timeScale) start(column int) sim.Time {
	return s.from.Add(time.Duration(float64(s.to.Sub(s.from)) * float64(column) / float64(s.columns)))
}

// tickAt lists the ticks: instants that are whole multiples of the step.
func (s *timeScale) tickAt() []sim.Time {
	first := s.from.Truncate(s.step)
	for first < s.from {
		first = first.Add(s.step)
	}
	var ticks []sim.Time
	for t := first; t <= s.to; t = t.Add(s.step) {
		ticks = append(ticks, t)
	}
	return ticks
}

func (s *timeScale) labels() string {
	line := strings.Builder{}
	used := 0
	for _, t := range s.tickAt() {
		at, text := s.width(t.Sub(s.from)), Instant(t).String()
		if at < used || at+utf8.RuneCountInString(text) > s.columns+8 {
			continue
		}
		line.WriteString(strings.Repeat(" ", at-used) + text)
		used = at + utf8.RuneCountInString(text)
	}
	return line.String()
}

func (s *timeScale) ticks() string {
	line := []rune(strings.Repeat("─", s.columns))
	for _, t := range s.tickAt() {
		line[min(s.width(t.Sub(s.from)), len(line)-1)] = '┬'
	}
	return string(line)
}

// bar draws a line: in each column what lasts longest in it, and an end above all, so that no restart is
// hidden by what is around it.
func (s *timeScale) bar(line *ContainerLine, used map[ContainerStage]bool) string {
	var b strings.Builder
	next := 0
	for column := range s.columns {
		from, to := s.start(column), s.start(column+1)
		for next < len(line.Spans) && line.Spans[next].To < from {
			next++
		}
		stage := line.longest(next, from, to, column == s.columns-1)
		used[stage] = true
		b.WriteRune(markOf(stage))
	}
	return b.String()
}

// longest is what a column shows of the spans from a number on.
func (l *ContainerLine) longest(next int, from, to sim.Time, last bool) ContainerStage {
	best, stage := time.Duration(-1), StageNone
	for i := next; i < len(l.Spans); i++ {
		span := &l.Spans[i]
		if span.From >= to && (!last || span.From > to) {
			break
		}
		if span.ended() && span.From >= from {
			return span.Stage
		}
		if within := min(span.To, to).Sub(max(span.From, from)); within > best && span.To > from {
			best, stage = within, span.Stage
			if span.ended() && l.goesOn(i) {
				stage = StageBackOff
			}
		}
	}
	return stage
}

// ended says whether the span is one of a container that has ended.
func (s *StageSpan) ended() bool { return s.Stage == StageEnded || s.Stage == StageFailed }

// goesOn says whether the container is not left in the end that span i is, but held back for its next start.
func (l *ContainerLine) goesOn(i int) bool {
	if i+1 < len(l.Spans) {
		return l.Spans[i+1].Stage != StageNone
	}
	return l.again
}

func markOf(stage ContainerStage) rune {
	for _, m := range stageMarks {
		if m.stage == stage {
			return m.mark
		}
	}
	return ' '
}
