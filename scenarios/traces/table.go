package traces

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// table reads a CSV file with a header row, plain or gzip'ed by its suffix, one row at a time.
type table struct {
	path    string
	file    *os.File
	unzip   *gzip.Reader
	rows    *csv.Reader
	columns map[string]int
	row     []string
}

// openTable opens the file and reads its header, which must hold the wanted columns.
func openTable(path string, wanted ...string) (*table, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, Problems{fmt.Sprintf("%s: %v", path, errors.Unwrap(err))}
	}
	t := &table{path: path, file: file, columns: map[string]int{}}
	if err := t.start(wanted); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

func (t *table) start(wanted []string) error {
	var in io.Reader = t.file
	if strings.HasSuffix(t.path, ".gz") {
		unzip, err := gzip.NewReader(t.file)
		if err != nil {
			return Problems{fmt.Sprintf("%s:1:1: not a gzip file: %v", t.path, err)}
		}
		t.unzip, in = unzip, unzip
	}
	t.rows = csv.NewReader(in)
	t.rows.ReuseRecord = true
	header, err := t.rows.Read()
	if err == io.EOF {
		return Problems{fmt.Sprintf("%s:1:1: the file is empty, want a header row with %s", t.path, strings.Join(wanted, ", "))}
	}
	if err != nil {
		return t.broken(err)
	}
	for i, name := range header {
		name = strings.TrimPrefix(strings.TrimSpace(name), "\ufeff")
		if _, twice := t.columns[name]; twice {
			_, column := t.rows.FieldPos(i)
			return Problems{fmt.Sprintf("%s:1:%d: header: column %q stands twice", t.path, column, name)}
		}
		t.columns[name] = i
	}
	var missing Problems
	for _, name := range wanted {
		if _, ok := t.columns[name]; !ok {
			missing = append(missing, fmt.Sprintf("%s:1:1: header: column %s is missing, want %s", t.path, name, strings.Join(wanted, ", ")))
		}
	}
	if missing != nil {
		return missing
	}
	return nil
}

// next moves to the next row; false at the end. A row with another number of fields than the header,
// or with broken quoting, is a problem of the file, not of the row.
func (t *table) next() (bool, error) {
	row, err := t.rows.Read()
	if err == io.EOF {
		return false, nil
	}
	if err != nil {
		return false, t.broken(err)
	}
	t.row = row
	return true, nil
}

// broken words an error of the CSV reader with its position.
func (t *table) broken(err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		if errors.Is(err, csv.ErrFieldCount) {
			return Problems{fmt.Sprintf("%s:%d:1: the row has another number of fields than the header, want %d", t.path, parse.Line, len(t.columns))}
		}
		return Problems{fmt.Sprintf("%s:%d:%d: %v", t.path, parse.Line, parse.Column, parse.Err)}
	}
	return Problems{fmt.Sprintf("%s: %v", t.path, err)}
}

// field returns a column of the current row, "" where the file has no such column.
func (t *table) field(name string) string {
	if i, ok := t.columns[name]; ok {
		return t.row[i]
	}
	return ""
}

// line is the line of the current row.
func (t *table) line() int { line, _ := t.rows.FieldPos(0); return line }

func (t *table) close() error {
	if t.unzip != nil {
		t.unzip.Close()
	}
	return t.file.Close()
}
