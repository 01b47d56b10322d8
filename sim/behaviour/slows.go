package behaviour

// Slows says whether any answer of the container is slower while it gets less CPU than it wants, so that
// it matters to tell it by SetShare.
func (l *Life) Slows() bool {
	s := l.says(fieldAnswers)
	if s == nil {
		return false
	}
	for i := range s.Answers {
		if s.Answers[i].SlowWhenThrottled {
			return true
		}
	}
	return false
}
