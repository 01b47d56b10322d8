// Package decode reads YAML and JSON into Go values strictly: every fault is reported with file, line,
// column and path, all at once, and nothing is guessed. It works on yaml.Node trees, because decoding
// straight into values loses columns and stops at the first fault.
package decode
