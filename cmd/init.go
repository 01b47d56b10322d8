package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"towtank.dev/towtank/scenarios"
)

func (a *app) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a commented scenario to start from",
		Long: `Init writes a small scenario with a comment on every field. It runs as it is. Without FILE it goes to
standard output; a file that exists is not overwritten.`,
		Example: "  towtank init scenario.yaml && towtank run scenario.yaml",
		Args:    usage(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.print(scenarios.Template())
			}
			return writeNew(args[0], scenarios.Template())
		},
	}
}

// writeNew writes a file that must not be there yet. On error nothing of it is left.
func writeNew(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists: nothing was written; name another file", path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Unwrap(err))
	}
	_, err = file.Write(content)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(path)
		return fmt.Errorf("write %s: %w", path, errors.Unwrap(err))
	}
	return nil
}
