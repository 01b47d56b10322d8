// Package cmd is the command line: one file per subcommand, on cobra. Commands read flags, ask the
// packages below for what they do, and print what comes back; they decide nothing about a run. The
// package can be imported: a program that adds its own scheduler plugins is a main function that calls
// Main with WithPlugin.
package cmd
