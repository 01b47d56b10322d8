package cmd

import (
	"fmt"
	"sync"
	"time"

	"towtank.dev/towtank/reports"
	"towtank.dev/towtank/sim"
)

// progressEvery is how often the progress line is drawn anew.
const progressEvery = 200 * time.Millisecond

// progress is the line on a terminal that says how far a run is. It is wiped before anything else is
// printed, and never drawn where standard error is not a terminal.
type progress struct {
	app   *app
	on    bool
	begun time.Time
	last  time.Time
	drawn bool
	lock  sync.Mutex
	done  int // runs, of several
}

func (a *app) newProgress(quiet bool) *progress {
	now := time.Now()
	return &progress{app: a, on: a.terminal && !quiet, begun: now, last: now}
}

// at draws the line for a run that has reached an instant.
func (p *progress) at(now sim.Time, events uint64) {
	if p.due() {
		p.draw(fmt.Sprintf("%v simulated, %d events", reports.Instant(now), events))
	}
}

// finished counts one of several runs and draws the line. Runs end side by side.
func (p *progress) finished(all int) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.done++
	if p.due() {
		p.draw(fmt.Sprintf("%d of %d runs", p.done, all))
	}
}

func (p *progress) due() bool {
	if !p.on || time.Since(p.last) < progressEvery {
		return false
	}
	p.last = time.Now()
	return true
}

func (p *progress) draw(text string) {
	fmt.Fprintf(p.app.stderr, "\r\x1b[K%s", text)
	p.drawn = true
}

// wipe takes the line away.
func (p *progress) wipe() {
	if p.drawn {
		fmt.Fprint(p.app.stderr, "\r\x1b[K")
		p.drawn = false
	}
}

// wall is the time since the command began.
func (p *progress) wall() time.Duration { return time.Since(p.begun) }

// pace says how long a run took: "2h in 1.9s of wall time, 3,790x".
func pace(simulated sim.Time, wall time.Duration) string {
	text := fmt.Sprintf("%v in %v of wall time", reports.Instant(simulated), reports.Span(wall))
	if seconds := wall.Seconds(); seconds > 0 && simulated > 0 {
		text += fmt.Sprintf(", %vx", reports.Count(int64(simulated.Seconds()/seconds)))
	}
	return text
}
