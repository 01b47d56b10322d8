package record

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Layout says what a folder of output holds. Its marker is the JSON file that shows that a folder was
// written by us: it holds the layout's format, is written last and taken away first, so that a folder
// with a marker is complete.
type Layout struct {
	Format string // value of the marker's field "format"
	Marker string
	Files  []string // names besides the marker, folders included
	// Beside are names of files that somebody else writes there for the same output: they may be there already.
	Beside []string
}

// RunLayout is the layout of a run's folder.
var RunLayout = Layout{
	Format: "towtank.dev/run/v1alpha1",
	Marker: RunFile,
	Files:  []string{PodsFile, NodesFile, SeriesFile, AttemptsFile, EventsFile, ContainersFile, WorkloadsFile, ServicesFile, VolumesFile, TimingFile, InputsFolder},
}

// check says whether the path may be written to.
func (l Layout) check(path string) error {
	entries, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if info, statErr := os.Stat(path); statErr == nil && !info.IsDir() {
		return fmt.Errorf("%s: is a file, want a folder to write to, or a new name", path)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, reason(err))
	}
	marked, ours := false, 0
	for _, e := range entries {
		switch name := e.Name(); {
		case name == l.Marker || name == temporary(l.Marker):
			marked = true
		case slices.Contains(l.Files, name) || isTemporary(name):
			ours++
		case slices.Contains(l.Beside, name):
		default:
			return fmt.Errorf("%s: holds %s, which is not from an earlier output: nothing was written; name another folder, or empty this one", path, name)
		}
	}
	if ours > 0 && !marked {
		return fmt.Errorf("%s: holds files but no %s, so it is not a whole earlier output: nothing was written; name another folder, or empty this one", path, l.Marker)
	}
	return l.checkMarker(filepath.Join(path, l.Marker))
}

// checkMarker refuses a marker file that we did not write.
func (l Layout) checkMarker(path string) error {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, reason(err))
	}
	defer file.Close()
	head, err := io.ReadAll(io.LimitReader(file, 256))
	if err != nil {
		return fmt.Errorf("%s: %w", path, reason(err))
	}
	if !bytes.Contains(head, []byte(`"`+l.Format+`"`)) {
		return fmt.Errorf("%s: is not from an earlier output (it lacks %q): nothing was written; name another folder", path, l.Format)
	}
	return nil
}
