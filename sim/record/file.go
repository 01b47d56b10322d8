package record

import (
	"fmt"
	"os"
)

// flushAt is how many bytes a File gathers before it writes them.
const flushAt = 1 << 16

// File is a file that appears whole or not at all: it is written under a temporary name. It keeps the
// first error; writing to it after that does nothing.
type File struct {
	path      string
	temporary string
	file      *os.File
	buffer    []byte
	err       error
}

func createFile(path string) (*File, error) {
	f := &File{path: path, temporary: temporaryPath(path)}
	var err error
	if f.file, err = os.Create(f.temporary); err != nil {
		return nil, fmt.Errorf("create %s: %w", path, reason(err))
	}
	f.buffer = make([]byte, 0, flushAt+flushAt/4)
	return f, nil
}

// Append adds bytes to the file.
func (f *File) Append(b []byte) {
	f.buffer = append(f.buffer, b...)
	f.spill()
}

// spill writes the buffer when it is full.
func (f *File) spill() {
	if len(f.buffer) >= flushAt {
		f.flush()
	}
}

func (f *File) flush() {
	if f.err == nil && len(f.buffer) > 0 {
		if _, err := f.file.Write(f.buffer); err != nil {
			f.err = fmt.Errorf("write %s: %w", f.path, reason(err))
		}
	}
	f.buffer = f.buffer[:0]
}

// Close writes what is left and returns the first error there was. It may be called again.
func (f *File) Close() error {
	if f.file == nil {
		return f.err
	}
	f.flush()
	if err := f.file.Close(); err != nil && f.err == nil {
		f.err = fmt.Errorf("write %s: %w", f.path, reason(err))
	}
	f.file, f.buffer = nil, nil
	return f.err
}

// abandon closes the file without caring for its content.
func (f *File) abandon() {
	if f.file != nil {
		f.file.Close()
		f.file = nil
	}
}

// replaceFile writes one small file in place of any earlier one, whole or not at all.
func replaceFile(path string, content []byte) error {
	f, err := createFile(path)
	if err != nil {
		return err
	}
	f.Append(content)
	if err = f.Close(); err == nil {
		err = rename(f.temporary, path)
	}
	if err != nil {
		os.Remove(f.temporary)
	}
	return err
}

// table writes the rows of one CSV file.
type table[R any] struct {
	file    *File
	columns []column[R]
}

func newTable[R any](folder *Folder, name string, columns []column[R]) (table[R], error) {
	file, err := folder.Create(name)
	if err != nil {
		return table[R]{}, err
	}
	return table[R]{file, columns}, nil
}

// header writes the line of column names.
func (t *table[R]) header() {
	b := t.file.buffer
	for i := range t.columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendField(b, t.columns[i].Name)
	}
	t.file.buffer = append(b, '\n')
}

func (t *table[R]) row(r *R) {
	b := t.file.buffer
	for i := range t.columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = t.columns[i].write(b, r)
	}
	t.file.buffer = append(b, '\n')
	t.file.spill()
}
