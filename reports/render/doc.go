// Package render makes bytes of documents: text for a terminal, Markdown, JSON and CSV. The bytes
// depend on the document and on nothing else: not on the terminal, the locale or the time. Renderers
// are listed in registry.go.
package render
