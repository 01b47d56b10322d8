package behaviour

import (
	"testing"
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

func seconds(s float64) time.Duration { return time.Duration(s * 1e9) }

func says(from float64, r Reply) Says { return Says{From: seconds(from), Reply: &r} }

func TestAnswersGoByTime(t *testing.T) {
	exec := &model.Handler{Kind: "exec", Command: []string{"check", "live"}}
	get := &model.Handler{Kind: "httpGet", Path: "/ready", Port: "http"}
	tcp := &model.Handler{Kind: "tcpSocket", Port: "8080"}
	grpc := &model.Handler{Kind: "grpc", Port: "8080", Service: "cart"}
	course := []Says{says(0, Reply{Exit: 1}), says(15, Reply{}), {From: seconds(9), Takes: sim.Constant(3)}, {From: seconds(20), Restart: 1, OnlyRestart: true, Reply: &Reply{Exit: 4}}}
	word := Behaviour{Answers: []Answers{{Kind: "exec", Word: "ready", Says: []Says{says(0, Reply{Exit: 9})}}, {Kind: "exec", Word: "live", Says: course}}}
	open := Behaviour{Ports: []Port{{Port: 8080, Open: []Interval{{seconds(3), seconds(20)}, {seconds(35), Forever}}}}}
	fails := Behaviour{Answers: []Answers{{Says: []Says{says(5, Reply{Fails: true}), says(8, Reply{Error: "no"})}}}}
	for _, c := range []struct {
		name    string
		b       Behaviour
		restart int32
		h       *model.Handler
		at      float64
		want    Answer
		until   float64 // 0: for ever
	}{
		{"the first item", word, 0, exec, 0, Answer{Reply: Reply{Exit: 1}}, 9},
		{"slow from 9 on, and still failing", word, 0, exec, 9, Answer{Reply{Exit: 1}, seconds(3)}, 15},
		{"slow, and good again", word, 0, exec, 16, Answer{Takes: seconds(3)}, 0},
		{"the first restart alone", word, 1, exec, 25, Answer{Reply{Exit: 4}, seconds(3)}, 0},
		{"and not the second", word, 2, exec, 25, Answer{Takes: seconds(3)}, 0},
		{"nobody speaks of another word", word, 0, &model.Handler{Kind: "exec", Command: []string{"x"}}, 0, Answer{}, 0},
		{"a port that is not open yet", open, 0, tcp, 0, Answer{Reply: Reply{Refused: true}}, 3},
		{"a port that is open, by name", open, 0, get, 3, Answer{}, 20},
		{"closed again", open, 0, grpc, 20, Answer{Reply: Reply{Refused: true}}, 35},
		{"open for good", open, 0, tcp, 40, Answer{}, 0},
		{"another port is open", open, 0, &model.Handler{Kind: "tcpSocket", Port: "9"}, 0, Answer{}, 0},
		{"a port without a name", open, 0, &model.Handler{Kind: "tcpSocket", Port: "admin"}, 0, Answer{Reply: Reply{Error: `port "admin" not found`}}, 0},
		{"all good before the failure", fails, 0, exec, 0, Answer{}, 5},
		{"a command fails", fails, 0, exec, 5, Answer{Reply: Reply{Exit: 1}}, 8},
		{"a request fails", fails, 0, get, 5, Answer{Reply: Reply{Status: 500}}, 8},
		{"a connection fails", fails, 0, tcp, 5, Answer{Reply: Reply{Refused: true}}, 8},
		{"a service fails", fails, 0, grpc, 5, Answer{Reply: Reply{Serving: "NOT_SERVING"}}, 8},
		{"an error", fails, 0, exec, 9, Answer{Reply: Reply{Error: "no"}}, 0},
	} {
		until := seconds(c.until)
		if c.until == 0 {
			until = Forever
		}
		if got, change := lifeOf(app, c.restart, c.b).Answer(c.h, seconds(c.at)); got != c.want || change != until {
			t.Errorf("%s: %+v until %v, want %+v until %v", c.name, got, change, c.want, until)
		}
	}
}

func TestRedirectsAreFollowedOnTheSameHost(t *testing.T) {
	get := &model.Handler{Kind: "httpGet", Path: "/", Port: "8080"}
	go1 := func(path, to string, status int) Answers {
		return Answers{Kind: "httpGet", Path: path, Says: []Says{says(0, Reply{Status: status, Redirect: to}), {Takes: sim.Constant(1)}}}
	}
	b := Behaviour{Answers: []Answers{go1("/", "/a", 302), go1("/a", "/b", 307), go1("/b", "https://elsewhere/", 301)}}
	if a, _ := lifeOf(app, 0, b).Answer(get, 0); a.Status != 301 || a.Takes != seconds(3) || a.TooManyRedirects {
		t.Errorf("to /, /a, /b: %+v", a)
	}
	b = Behaviour{Answers: []Answers{go1("/", "/", 302)}}
	if a, _ := lifeOf(app, 0, b).Answer(get, 0); !a.TooManyRedirects {
		t.Errorf("in a circle: %+v", a)
	}
	b = Behaviour{Answers: []Answers{go1("/", "/gone", 304)}}
	if a, _ := lifeOf(app, 0, b).Answer(get, 0); a.Status != 304 {
		t.Errorf("304 is no redirect: %+v", a)
	}
}

func TestReadyHoldsAReadinessProbeThatNobodyAnswers(t *testing.T) {
	get := &model.Handler{Kind: "httpGet", Path: "/", Port: "8080"}
	b := Behaviour{Ready: sim.Constant(5)}
	if a, until := lifeOf(app, 0, b).ReadinessAnswer(get, 0); a.Status != 500 || until != seconds(5) {
		t.Errorf("%+v until %v", a, until)
	}
	if a, until := lifeOf(app, 0, b).ReadinessAnswer(get, seconds(5)); a != (Answer{}) || until != Forever {
		t.Errorf("%+v until %v", a, until)
	}
	b.Answers = []Answers{{Kind: "httpGet", Says: []Says{says(1, Reply{Status: 503})}}}
	if a, until := lifeOf(app, 0, b).ReadinessAnswer(get, 0); a != (Answer{}) || until != seconds(1) {
		t.Errorf("what is said of the probe comes first: %+v until %v", a, until)
	}
}

// TestFailuresComeAndGo: every 10 s a failure of 2 s: 10 to 12, 22 to 24, 34 to 36.
func TestFailuresComeAndGo(t *testing.T) {
	b := Behaviour{Answers: []Answers{{Failures: &Failures{Every: sim.Constant(10), For: sim.Constant(2), With: &Reply{Exit: 3}}}}}
	exec := &model.Handler{Kind: "exec"}
	l := lifeOf(app, 0, b)
	for _, c := range []struct{ at, until, exit float64 }{{0, 10, 0}, {10, 12, 3}, {11, 12, 3}, {12, 22, 0}, {35, 36, 3}, {5, 10, 0}} {
		if a, until := l.Answer(exec, seconds(c.at)); a.Exit != int32(c.exit) || until != seconds(c.until) {
			t.Errorf("at %v: exit %d until %v, want %v until %v s", c.at, a.Exit, until, c.exit, c.until)
		}
	}
}

// TestRandomFailuresAreTheSameHoweverTheyAreAskedFor asks forwards, backwards and anew.
func TestRandomFailuresAreTheSameHoweverTheyAreAskedFor(t *testing.T) {
	d, err := sim.NewEmpirical([]float64{0.5, 3, 7, 20}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := Behaviour{Place: "p", Answers: []Answers{{Failures: &Failures{Every: d, For: d}}}}
	exec := &model.Handler{Kind: "exec"}
	forwards, failing := lifeOf(app, 0, b), 0
	var seen []Answer
	for s := range 1000 {
		a, until := forwards.Answer(exec, seconds(float64(s)))
		if until <= seconds(float64(s)) {
			t.Fatalf("at %d until %v", s, until)
		}
		failing += int(a.Exit)
		seen = append(seen, a)
	}
	backwards := lifeOf(app, 0, b)
	for s := 999; s >= 0; s-- {
		if a, _ := backwards.Answer(exec, seconds(float64(s))); a != seen[s] {
			t.Fatalf("at %d: %+v backwards, %+v forwards", s, a, seen[s])
		}
	}
	if failing < 300 || failing > 700 { // half the time on average
		t.Errorf("%d of 1000 seconds fail", failing)
	}
}

func TestAThrottledContainerAnswersLate(t *testing.T) {
	b := Behaviour{Answers: []Answers{{SlowWhenThrottled: true, Says: []Says{{Takes: sim.Constant(0.2)}}}}}
	l := lifeOf(app, 0, b)
	exec := &model.Handler{Kind: "exec"}
	for _, c := range []struct {
		share float64
		want  time.Duration
	}{{1, seconds(0.2)}, {0.25, seconds(0.8)}, {0, Forever}, {1, seconds(0.2)}} { // 0.2 s of work at a quarter of the speed: 0.8 s
		l.SetShare(c.share)
		if a, _ := l.Answer(exec, 0); a.Takes != c.want {
			t.Errorf("at a share of %v it takes %v, want %v", c.share, a.Takes, c.want)
		}
	}
}
