package scenarios

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim/record"
)

const (
	// maxScenario bounds scenario files: they are held in memory as trees. Manifests and traces stream.
	maxScenario = 10 << 20
	// maxKept is the size up to which an input is kept with the record; of larger ones only the hash is.
	maxKept = 8 << 20
)

// file is a small file, read whole.
type file struct {
	name    string // relative to the scenario, with slashes
	display string // for messages
	content []byte
}

// locate returns where a file named in the scenario is, and how messages call it.
func (r *reader) locate(name string) (path string) {
	if filepath.IsAbs(name) {
		if path := r.elsewhere[filepath.ToSlash(filepath.Clean(name))]; path != "" {
			return path
		}
		return filepath.Clean(name)
	}
	return filepath.Join(r.dir, filepath.FromSlash(name))
}

// readSmall reads a file that is held in memory, and keeps it as an input.
func (r *reader) readSmall(d *decode.Decoder, n *yaml.Node, path, name string) (file, bool) {
	at := r.locate(name)
	content, err := readBounded(at, maxScenario)
	if err != nil {
		d.Add(n, path, "%v", err)
		return file{}, false
	}
	r.keep(at, content)
	return file{r.relative(at), at, content}, true
}

// readBounded reads a file of at most so many bytes.
func readBounded(path string, most int64) ([]byte, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, fileError(path, err)
	}
	if int64(len(content)) > most {
		return nil, fmt.Errorf("%s is larger than %d MiB: put objects into manifests beside it, which may be large", path, most>>20)
	}
	return content, nil
}

func openFile(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder, want a file", path)
	}
	if err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is a pipe or a device, want a file, which can be read again", path)
	}
	f, openErr := os.Open(path)
	if openErr != nil {
		return nil, fileError(path, openErr)
	}
	return f, nil
}

// fileError says what is the matter with a file without the words of the system call.
func fileError(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file %s", path)
	}
	return fmt.Errorf("read %s: %w", path, bare(err))
}

// relative names a file as seen from the scenario's folder.
func (r *reader) relative(path string) string {
	if name := r.asWas[path]; name != "" {
		return name
	}
	if !filepath.IsAbs(path) || filepath.IsAbs(r.dir) {
		if rel, err := filepath.Rel(r.dir, path); err == nil {
			return filepath.ToSlash(rel)
		}
	}
	return filepath.ToSlash(path)
}

// keep notes a file that the run is made from; each once.
func (r *reader) keep(path string, content []byte) {
	name := r.relative(path)
	for _, in := range r.inputs {
		if in.Name == name {
			return
		}
	}
	r.inputs = append(r.inputs, record.NewInput(name, content))
}

// named notes how the command line named a file that is kept.
func (r *reader) named(path, as string) {
	name := r.relative(filepath.Clean(path))
	for i := range r.inputs {
		if in := &r.inputs[i]; in.Name == name && in.As == "" {
			in.As = as
		}
	}
}

// tally passes a large file on while it is hashed, so that it is read once.
type tally struct {
	path string
	file *os.File
	from io.Reader
	sum  hash.Hash
	size int64
	kept []byte
}

func (r *reader) openLarge(path string) (*tally, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	return &tally{path: path, file: f, from: f, sum: sha256.New()}, nil
}

// Read reads on, and hashes what it reads.
func (t *tally) Read(p []byte) (int, error) {
	n, err := t.from.Read(p)
	t.sum.Write(p[:n])
	if t.size += int64(n); t.size <= maxKept {
		t.kept = append(t.kept, p[:n]...)
	} else {
		t.kept = nil
	}
	return n, err
}

// close reads what is left and notes the file as an input.
func (r *reader) closeLarge(t *tally) error {
	_, err := io.Copy(io.Discard, t)
	t.file.Close()
	if err != nil {
		return fileError(t.path, err)
	}
	name := r.relative(t.path)
	for _, in := range r.inputs {
		if in.Name == name {
			return nil
		}
	}
	in := record.Input{Name: name, Bytes: t.size, SHA256: hex.EncodeToString(t.sum.Sum(nil))}
	if t.size <= maxKept {
		in.Content = append([]byte{}, t.kept...)
	}
	r.inputs = append(r.inputs, in)
	return nil
}

// headSize is how much of a file tells what it is.
const headSize = 64 << 10

// readHead reads the beginning of a file.
func readHead(path string) ([]byte, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, headSize))
	if err != nil {
		return nil, fileError(path, err)
	}
	return head, nil
}

var (
	scenarioType  = regexp.MustCompile(`(?m)^[{"']*(?:apiVersion["']?\s*:\s*["']?towtank\.dev/|kind["']?\s*:\s*["']?Scenario\b)`)
	scenarioInMap = regexp.MustCompile(`"apiVersion"\s*:\s*"towtank\.dev/|"kind"\s*:\s*"Scenario"|\bapiVersion: towtank\.dev/`)
	anyKind       = regexp.MustCompile(`(?m)^\s*(?:- )?"?kind"?\s*:`)
)

// looksLikeScenario says whether a file is a scenario by its beginning: one that names its type is, one that
// names another kind is not, and one that names none is a scenario that forgot to.
func looksLikeScenario(head []byte) bool {
	if scenarioType.Match(head) {
		return true
	}
	if bytes.HasPrefix(bytes.TrimSpace(head), []byte("{")) {
		return scenarioInMap.Match(head) || !bytes.Contains(head, []byte("kind"))
	}
	return !anyKind.Match(head)
}

// expand returns the files that a path stands for: itself, those of a folder, or those a glob takes, sorted.
func expand(path string) ([]string, error) {
	if info, err := os.Stat(path); err == nil {
		if !info.IsDir() {
			return []string{path}, nil
		}
		return manifestsOf(path)
	}
	if !strings.ContainsAny(path, "*?[") {
		return nil, fmt.Errorf("there is no file or folder %s", path)
	}
	matches, err := filepath.Glob(path)
	if err != nil {
		return nil, fmt.Errorf("%s is not a pattern: %w", path, err)
	}
	var files []string
	for _, match := range matches {
		if info, err := os.Stat(match); err == nil && !info.IsDir() {
			files = append(files, match)
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no file matches %s", path)
	}
	sort.Strings(files)
	return files, nil
}

// manifestsOf lists the manifests in a folder, not in those below it, as kubectl apply -f does.
func manifestsOf(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fileError(dir, err)
	}
	var files []string
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".gz")
		switch filepath.Ext(name) {
		case ".yaml", ".yml", ".json":
			if !e.IsDir() {
				files = append(files, filepath.Join(dir, e.Name()))
			}
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("the folder %s holds no .yaml, .yml or .json file", dir)
	}
	return files, nil
}

// scenarioHash is the SHA-256 over the names and contents of all inputs, in the order they were read.
func scenarioHash(inputs []record.Input) string {
	sum := sha256.New()
	for _, in := range inputs {
		fmt.Fprintf(sum, "%d %s %s\n", len(in.Name), in.Name, in.SHA256)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func sorted(names []string) []string {
	sort.Strings(names)
	return names
}
