// Package cmd is the command line: one file per subcommand, on cobra. Commands read flags, ask the
// packages below for what they do, and print what comes back; they decide nothing about a run. The
// package can be imported: a program with commands or registries of its own is a main function beside it.
package cmd
