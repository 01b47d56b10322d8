package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Folder is a folder of output that is being written. Files are written under temporary names beside
// their places; Commit puts all of them in place, Abort removes them. Until Commit an earlier
// output in the folder is untouched.
type Folder struct {
	path    string
	layout  Layout
	made    []string // folders that were created, outermost first
	files   []*File
	inputs  bool
	settled bool
}

// OpenFolder prepares a folder for output, creating it where needed. It refuses a path that is no
// folder and a folder that holds anything but an earlier output of the same layout: nothing of
// somebody else's is ever overwritten.
func OpenFolder(path string, layout Layout) (*Folder, error) {
	if err := layout.check(path); err != nil {
		return nil, err
	}
	f := &Folder{path: path, layout: layout}
	if err := f.make(path); err != nil {
		f.unmake()
		return nil, err
	}
	return f, f.sweep()
}

// make creates a folder and those it is in, and remembers which were new.
func (f *Folder) make(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if parent := filepath.Dir(path); parent != path {
		if err := f.make(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("create %s: %w", path, reason(err))
	}
	f.made = append(f.made, path)
	return nil
}

// unmake removes the folders that were created, as far as they are empty.
func (f *Folder) unmake() {
	for _, path := range slices.Backward(f.made) {
		os.Remove(path) // it stays when somebody put something there
	}
}

// sweep removes what a killed run left under temporary names.
func (f *Folder) sweep() error {
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return fmt.Errorf("%s: %w", f.path, reason(err))
	}
	for _, e := range entries {
		if isTemporary(e.Name()) && e.Name() != temporary(f.layout.Marker) {
			if err := os.RemoveAll(filepath.Join(f.path, e.Name())); err != nil {
				return fmt.Errorf("%s: %w", f.path, reason(err))
			}
		}
	}
	return nil
}

// Create begins a file. Its content appears under its name at Commit.
func (f *Folder) Create(name string) (*File, error) {
	file, err := createFile(filepath.Join(f.path, name))
	if err != nil {
		return nil, err
	}
	f.files = append(f.files, file)
	return file, nil
}

// WriteFile writes a small file, to appear at Commit.
func (f *Folder) WriteFile(name string, content []byte) error {
	file, err := f.Create(name)
	if err != nil {
		return err
	}
	file.Append(content)
	return file.Close()
}

// Commit puts every file in its place and removes what an earlier output had and this one has not.
// The marker must be among the files. After an error nothing temporary is left.
func (f *Folder) Commit() error {
	for _, file := range f.files {
		if err := file.Close(); err != nil {
			f.Abort()
			return err
		}
	}
	f.settled = true
	if err := f.commit(); err != nil {
		f.removeTemporary()
		return err
	}
	return nil
}

func (f *Folder) commit() error {
	marker := filepath.Join(f.path, f.layout.Marker)
	if err := remove(marker); err != nil {
		return err
	}
	for _, name := range f.layout.Files {
		if err := f.place(name); err != nil {
			return err
		}
	}
	return rename(temporaryPath(marker), marker)
}

// place moves one file or folder from its temporary name to its own, or removes the earlier one.
func (f *Folder) place(name string) error {
	path := filepath.Join(f.path, name)
	if _, err := os.Lstat(temporaryPath(path)); err != nil {
		return remove(path)
	}
	if name == InputsFolder { // a folder does not replace a folder
		if err := remove(path); err != nil {
			return err
		}
	}
	return rename(temporaryPath(path), path)
}

// Abort removes the temporary files, and the folder where it was created for them. It does nothing
// after Commit.
func (f *Folder) Abort() {
	if f.settled {
		return
	}
	f.settled = true
	for _, file := range f.files {
		file.abandon()
	}
	f.removeTemporary()
	f.unmake()
}

func (f *Folder) removeTemporary() {
	for _, file := range f.files {
		os.Remove(file.temporary)
	}
	if f.inputs {
		os.RemoveAll(temporaryPath(filepath.Join(f.path, InputsFolder)))
	}
}

// temporary is the name a file has until it is whole.
func temporary(name string) string { return ".towtank-" + name + ".tmp" }

func isTemporary(name string) bool {
	return strings.HasPrefix(name, ".towtank-") && strings.HasSuffix(name, ".tmp")
}

func temporaryPath(path string) string {
	return filepath.Join(filepath.Dir(path), temporary(filepath.Base(path)))
}

func remove(path string) error {
	if err := os.RemoveAll(path); err != nil {
		return fmt.Errorf("replace %s: %w", path, reason(err))
	}
	return nil
}

func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("write %s: %w", to, reason(err))
	}
	return nil
}

// reason is an operating system's error without the path, which the message names already.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}
