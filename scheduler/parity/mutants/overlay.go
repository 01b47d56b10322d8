package mutants

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Switch is the environment variable that switches a mistake on by its name.
const Switch = "TOWTANK_MISTAKE"

// chooser is what each package with mistakes gets, to choose by the switch.
const chooser = `package %s

import "os"

var mistakeOn = os.Getenv(%q)

func mistaken[T any](name string, wrong, right T) T {
	if mistakeOn == name {
		return wrong
	}
	return right
}
`

// Overlay writes, into dir, the files of the module at root with all mistakes in them, each to be switched
// on, and returns the file for go build -overlay. An error says which mistake no longer fits the code.
func Overlay(root, dir string, all []SourceMutant) (string, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	texts := map[string]string{} // by file, relative to root
	for i := range all {
		m := &all[i]
		text, ok := texts[m.File]
		if !ok {
			right, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(m.File)))
			if err != nil {
				return "", fmt.Errorf("%s: %w", m.Name, err)
			}
			text = string(right)
			folder := path.Dir(m.File)
			texts[folder+"/mistaken_overlay.go"] = fmt.Sprintf(chooser, path.Base(folder), Switch)
		}
		if n := strings.Count(text, m.Right); n != 1 {
			return "", fmt.Errorf("%s: %s holds %q %d times, want once: choose another place for the mistake", m.Name, m.File, m.Right, n)
		}
		texts[m.File] = strings.Replace(text, m.Right, m.switched(), 1)
	}
	replace := map[string]string{}
	for file, text := range texts {
		at := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(root, filepath.FromSlash(file))] = at
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	at := filepath.Join(dir, "overlay.json")
	return at, os.WriteFile(at, list, 0o600)
}

// switched is the right text with the wrong one beside it.
func (m *SourceMutant) switched() string {
	if m.Expression {
		return fmt.Sprintf("mistaken(%q, %s, %s)", m.Name, m.Wrong, m.Right)
	}
	return fmt.Sprintf("if mistakeOn == %q {\n%s\n} else {\n%s\n}", m.Name, m.Wrong, m.Right)
}
