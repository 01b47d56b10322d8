// Package plugins holds the scheduler plugins, one file each, and their registry.
//
// Each file has everything of its plugin: name, arguments with defaults and validation, reasons and
// arithmetic. Codes and reasons are kube-scheduler's to the letter; people search for them.
package plugins
