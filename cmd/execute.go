package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/scheduler/plugins"
)

// Exit codes of the command.
const (
	ExitOK          = 0   // the run ended
	ExitUnmet       = 1   // the run ended, and what was waited for did not come
	ExitBadInput    = 2   // bad input: nothing was run, or nothing was written
	ExitInterrupted = 130 // stopped from outside; what was written is complete up to that instant
)

// app is what the commands share. There is one per Execute: nothing is global.
type app struct {
	stdout, stderr io.Writer
	// terminal says that stderr is one, so that a progress line may be drawn and wiped.
	terminal bool
	// interrupted tells a run to stop.
	interrupted func() bool
	code        int
	// plugins are those that scheduler configurations may enable.
	plugins *plugins.Registry
}

// Option makes a command that differs from the plain one.
type Option func(*app)

// WithPlugin adds a scheduler plugin, or puts it in the place of the one of its name. It runs where a
// configuration enables it.
func WithPlugin(e plugins.Entry) Option {
	return func(a *app) { a.plugins = a.plugins.With(e) }
}

// Main runs the command line of this process and returns its exit code. The first interrupt stops a
// run in good order; the second kills the process.
func Main(options ...Option) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	limitGarbage()
	return Execute(ctx, os.Args[1:], os.Stdout, os.Stderr, options...)
}

// Execute runs one command with its arguments (without the program's name) and returns its exit code.
// A cancelled context interrupts a run: its outputs are completed up to the simulated instant reached.
func Execute(ctx context.Context, args []string, stdout, stderr io.Writer, options ...Option) int {
	a := &app{
		stdout: stdout, stderr: stderr, terminal: isTerminal(stderr),
		interrupted: func() bool { return ctx.Err() != nil }, plugins: plugins.Default(),
	}
	for _, o := range options {
		o(a)
	}
	root := a.root()
	root.SetArgs(args)
	ran, err := root.ExecuteContextC(ctx)
	if err != nil {
		a.complain(ran, err)
		return ExitBadInput
	}
	return a.code
}

// usageError is a mistake on the command line itself, for which the help may help.
type usageError struct{ error }

// complain prints what is wrong: problems in files as they are, everything else with our name before it.
func (a *app) complain(ran *cobra.Command, err error) {
	text := strings.TrimRight(err.Error(), "\n")
	if !errors.As(err, new(*decode.Error)) {
		text = "towtank: " + text
	}
	fmt.Fprintln(a.stderr, text)
	if errors.As(err, &usageError{}) {
		fmt.Fprintf(a.stderr, "See '%s --help'.\n", ran.CommandPath())
	}
}

// usage wraps a check of arguments so that its errors point to the help.
func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usageError{err}
		}
		return nil
	}
}

// isTerminal says whether the writer is a terminal (a character device).
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && file.Name() != os.DevNull
}

// print writes a finished document to standard output. A full disk or a closed pipe is an error.
func (a *app) print(content []byte) error {
	if _, err := a.stdout.Write(content); err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return fmt.Errorf("write standard output: %w", err)
	}
	return nil
}
