package scenarios

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scenarios/manifest"
	"towtank.dev/towtank/sim"
)

// WatchFile writes what a client that watches the API server would have seen: a JSON line for each delivered
// change, {"t":seconds,"stream":"pods","type":"ADDED","object":{...}}. The file appears under its name
// when it is complete.
type WatchFile struct {
	path    string
	encoder *manifest.Encoder
	file    *os.File
	out     *bufio.Writer
	line    []byte
	err     error
}

// CreateWatchFile begins the file for runs of a scenario. Whoever does not come as far as Commit calls Abort.
func CreateWatchFile(path string, s *Scenario) (*WatchFile, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file that can be replaced, want the name of a file", path)
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, writeError(path, err)
	}
	return &WatchFile{path: path, encoder: manifest.NewEncoder(s.Config.Start), file: file, out: bufio.NewWriterSize(file, 1<<18)}, nil
}

// Write adds a line. The first error is kept and returned by Commit.
func (w *WatchFile) Write(at sim.Time, stream, kind string, o model.Object) {
	if w.err != nil {
		return
	}
	object, err := w.encoder.JSON(o)
	if err != nil {
		w.err = fmt.Errorf("%s %s at %s: %w", o.Kind(), o.Meta().Key(), at, err)
		return
	}
	w.line = append(w.line[:0], `{"t":`...)
	w.line = strconv.AppendFloat(w.line, at.Seconds(), 'f', 6, 64)
	w.line = append(w.line, `,"stream":"`...)
	w.line = append(w.line, stream...)
	w.line = append(w.line, `","type":"`...)
	w.line = append(w.line, kind...)
	w.line = append(w.line, `","object":`...)
	w.line = append(append(w.line, object...), "}\n"...)
	if _, err := w.out.Write(w.line); err != nil {
		w.err = err
	}
}

// Commit completes the file and gives it its name. On error nothing of it is left.
func (w *WatchFile) Commit() error {
	if w.err == nil {
		w.err = w.out.Flush()
	}
	if w.err == nil {
		w.err = w.file.Chmod(0o644)
	}
	if err := w.file.Close(); w.err == nil {
		w.err = err
	}
	if w.err == nil {
		w.err = os.Rename(w.file.Name(), w.path)
	}
	if w.err != nil {
		os.Remove(w.file.Name())
		w.err = writeError(w.path, w.err)
	}
	err := w.err
	w.file = nil
	return err
}

// Abort removes the file, unless it was committed.
func (w *WatchFile) Abort() {
	if w.file != nil {
		w.file.Close()
		os.Remove(w.file.Name())
		w.file = nil
	}
}

// bare leaves out the name of the system call and of a temporary file.
func bare(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// writeError says what could not be written, once.
func writeError(path string, err error) error { return fmt.Errorf("write %s: %w", path, bare(err)) }
