// Package reports turns the record of a run into documents, and several runs into a comparison. It
// sees rows and nothing else: a report cannot influence a run, and gives the same bytes when it is
// built again from the run's folder.
//
// A document is data: figures, tables, values with units. Package reports/render makes text, Markdown,
// JSON or CSV of it. Reports are listed in registry.go.
package reports
