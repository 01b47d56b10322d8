package manifest

import "k8s.io/apimachinery/pkg/types"

func uid(s string) types.UID { return types.UID(s) }

// text is what a pointer to text points to, "" for nil.
func text[T ~string](p *T) string {
	if p == nil {
		return ""
	}
	return string(*p)
}

// pointer points to a text of a named type, nil for "".
func pointer[T ~string](s string) *T {
	if s == "" {
		return nil
	}
	t := T(s)
	return &t
}

func texts[T ~string](list []T) []string {
	var out []string
	for _, s := range list {
		out = append(out, string(s))
	}
	return out
}

func named[T ~string](list []string) []T {
	var out []T
	for _, s := range list {
		out = append(out, T(s))
	}
	return out
}
