package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Run is what the folder of a finished run says of the run itself.
type Run struct {
	Header *Header
	Footer *Footer
	// Inputs are the files that it was made from, without their content.
	Inputs []Input
	// Kept says for each input whether it is kept below Root under its name.
	Kept []bool
	// Root is the folder that the names of kept inputs are relative to.
	Root string
}

// AbsoluteInput is where a run's folder keeps an input that had an absolute name.
func AbsoluteInput(dir, name string) string {
	return filepath.Join(dir, InputsFolder, filepath.FromSlash(absolutePlace(name)))
}

// IsRun says whether the folder is that of a run.
func IsRun(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, RunFile))
	return err == nil
}

// ReadRun reads run.json.
func ReadRun(dir string) (*Run, error) {
	path := filepath.Join(dir, RunFile)
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: is not the folder of a run: it has no %s", dir, RunFile)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, reason(err))
	}
	doc, err := decodeRun(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	r := &Run{Header: doc.header(), Footer: doc.footer()}
	up := 0
	for _, in := range doc.Inputs {
		up = max(up, climbs(in.Name))
		r.Inputs = append(r.Inputs, Input{Name: in.Name, Bytes: in.Bytes, SHA256: in.SHA256, As: in.As})
		r.Kept = append(r.Kept, in.File != "")
	}
	r.Root = filepath.Join(dir, InputsFolder, filepath.FromSlash(strings.Repeat(parent+"/", up)))
	return r, nil
}

// ReadAttempts plays pods.csv and attempts.csv of a run's folder, a row at a time. The rows must not be kept.
func ReadAttempts(dir string, pod func(*PodRow), attempt func(*AttemptRow)) error {
	return errors.Join(
		replay(dir, PodsFile, podColumns, func() PodRow { return unhappened }, pod),
		replay(dir, AttemptsFile, attemptColumns, fresh[AttemptRow], attempt),
	)
}
