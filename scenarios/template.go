package scenarios

import _ "embed"

//go:embed template.yaml
var template []byte

// Template returns the commented scenario that people start from. It runs as it is.
func Template() []byte { return append([]byte(nil), template...) }
