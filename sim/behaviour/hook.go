package behaviour

import (
	"time"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim"
)

// PostStart is how the postStart hook goes when it is called that long after the container's start; a hook
// of which nothing is said is answered as a probe with its handler would be.
func (l *Life) PostStart(since time.Duration) Answer {
	return l.hook(fieldPostStart, l.spec.PostStart, since)
}

// PreStop is how the preStop hook goes when it is called that long after the container's start.
func (l *Life) PreStop(since time.Duration) Answer {
	return l.hook(fieldPreStop, l.spec.PreStop, since)
}

func (l *Life) hook(f field, h *model.Handler, since time.Duration) Answer {
	if h != nil && h.Kind == "sleep" {
		return Answer{Takes: time.Duration(h.Seconds) * time.Second}
	}
	s := l.says(f)
	if s == nil {
		if h == nil {
			return Answer{}
		}
		answer, _ := l.Answer(h, since)
		return answer
	}
	hook := s.Behaviour.PostStart
	if f == fieldPreStop {
		hook = s.Behaviour.PreStop
	}
	answer := Answer{Reply: Reply{Exit: hook.Exit, Output: hook.Output}}
	if h != nil && h.Kind == "httpGet" && hook.Exit != 0 {
		answer.Status = 500
	}
	if hook.Takes != nil {
		answer.Takes = l.draw(s, f, hook.Takes)
	}
	return answer
}

// Pull is how a pull of that image goes that begins so long after the pod's first try: its length (said is
// false when the registry decides that), and the runtime's message if it fails.
func (l *Life) Pull(image string, since time.Duration) (takes time.Duration, said bool, failure string) {
	s := l.says(fieldPull)
	if s == nil {
		return 0, false, ""
	}
	var item *Pull
	for i := range s.Behaviour.Pull {
		if p := &s.Behaviour.Pull[i]; (p.Image == "" || p.Image == image) && p.From <= since && (item == nil || p.From >= item.From) {
			item = p
		}
	}
	switch {
	case item == nil:
		return 0, false, ""
	case item.Takes == nil:
		return 0, item.Error != "", item.Error
	}
	l.set.scratch = l.key(s, fieldPull).Of(image).Draw(uint64(since))
	return sim.SampleDuration(item.Takes, &l.set.scratch), true, item.Error
}
