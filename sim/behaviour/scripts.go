package behaviour

// ScriptsPull says whether Pull decides how pulls of an image go.
func (l *Life) ScriptsPull(image string) bool {
	s := l.says(fieldPull)
	if s == nil {
		return false
	}
	for i := range s.Behaviour.Pull {
		if p := &s.Behaviour.Pull[i]; p.Image == "" || p.Image == image {
			return true
		}
	}
	return false
}
