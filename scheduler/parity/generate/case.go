package generate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"sigs.k8s.io/yaml"
)

// Object is an API object, or a part of one, as in YAML.
type Object = map[string]any

// Case is a case folder in memory.
type Case struct {
	// Title is the comment on the first line of cluster.yaml.
	Title   string
	Objects []Object
	// Config is a KubeSchedulerConfiguration, nil for the default one.
	Config Object
	// Queue writes the file `order`, which has pods taken by priority.
	Queue bool
}

// Text is a case folder as its files stand. Cluster is YAML documents, or JSON objects one after
// another.
type Text struct {
	Cluster []byte
	// Config is nil when there is no config.yaml.
	Config []byte
	Queue  bool
}

// Text is the case as it is written.
func (c *Case) Text() (Text, error) {
	t := Text{Queue: c.Queue}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n", c.Title)
	for _, o := range c.Objects {
		text, err := yaml.Marshal(o)
		if err != nil {
			return t, err
		}
		b.WriteString("---\n")
		b.Write(text)
	}
	t.Cluster = b.Bytes()
	if c.Config == nil {
		return t, nil
	}
	var err error
	t.Config, err = yaml.Marshal(c.Config)
	return t, err
}

// JSON is the case as text that is quick to read: JSON objects one after another.
func (c *Case) JSON() (Text, error) {
	t := Text{Queue: c.Queue}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	for _, o := range c.Objects {
		if err := e.Encode(o); err != nil {
			return t, err
		}
	}
	t.Cluster = b.Bytes()
	if c.Config == nil {
		return t, nil
	}
	var err error
	t.Config, err = json.Marshal(c.Config)
	return t, err
}

// Write writes the folder, making it if need be; files of an earlier case that this one does
// not have are removed.
func (c *Case) Write(dir string) error {
	t, err := c.Text()
	if err != nil {
		return err
	}
	return t.Write(dir)
}

// Write writes the files of the folder.
func (t Text) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "cluster.yaml"), t.Cluster, 0o644); err != nil {
		return err
	}
	if err := writeOrRemove(filepath.Join(dir, "config.yaml"), t.Config); err != nil {
		return err
	}
	var order []byte
	if t.Queue {
		order = []byte("queue\n")
	}
	return writeOrRemove(filepath.Join(dir, "order"), order)
}

// writeOrRemove writes a file, or removes it when it has no content.
func writeOrRemove(path string, content []byte) error {
	if content != nil {
		return os.WriteFile(path, content, 0o644)
	}
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// ReadText reads the files of a folder.
func ReadText(dir string) (Text, error) {
	var t Text
	var err error
	if t.Cluster, err = os.ReadFile(filepath.Join(dir, "cluster.yaml")); err != nil {
		return t, err
	}
	if t.Config, err = os.ReadFile(filepath.Join(dir, "config.yaml")); err != nil && !os.IsNotExist(err) {
		return t, err
	}
	order, err := os.ReadFile(filepath.Join(dir, "order"))
	if err != nil && !os.IsNotExist(err) {
		return t, err
	}
	t.Queue = string(bytes.TrimSpace(order)) == "queue"
	return t, nil
}

// Read reads a folder that Write, or a person, wrote.
func Read(dir string) (*Case, error) {
	t, err := ReadText(dir)
	if err != nil {
		return nil, err
	}
	c := &Case{Title: filepath.Base(dir), Queue: t.Queue}
	for _, doc := range bytes.Split(append([]byte("\n"), t.Cluster...), []byte("\n---")) {
		var o Object
		if err := yaml.Unmarshal(doc, &o); err != nil {
			return nil, err
		}
		if len(o) > 0 {
			c.Objects = append(c.Objects, o)
		}
	}
	if t.Config != nil {
		if err := yaml.Unmarshal(t.Config, &c.Config); err != nil {
			return nil, err
		}
	}
	return c, nil
}
