package render

import (
	"sort"

	"towtank.dev/towtank/reports"
)

// Renderer is one form of output.
type Renderer struct {
	Name   string // as in -o NAME
	Doc    string // one line
	Render func(*reports.Doc) ([]byte, error)
}

// registry holds every renderer, sorted by name.
var registry = []Renderer{
	{"csv", "A row per value: section, row, key, value and unit.", CSV},
	{"json", "Every value under its key, in base units.", JSON},
	{"markdown", "Tables as Markdown has them, for issues and wikis.", Markdown},
	{"table", "Text for a terminal of 110 columns.", Text},
}

// Renderers returns all renderers, sorted by name.
func Renderers() []Renderer { return registry }

// Lookup finds a renderer by name.
func Lookup(name string) (Renderer, bool) {
	i := sort.Search(len(registry), func(i int) bool { return registry[i].Name >= name })
	if i == len(registry) || registry[i].Name != name {
		return Renderer{}, false
	}
	return registry[i], true
}
