package generate

import (
	"bytes"
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

// Write writes the folder, making it if need be; files of an earlier case that this one does
// not have are removed.
func (c *Case) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n", c.Title)
	for _, o := range c.Objects {
		text, err := yaml.Marshal(o)
		if err != nil {
			return err
		}
		b.WriteString("---\n")
		b.Write(text)
	}
	if err := os.WriteFile(filepath.Join(dir, "cluster.yaml"), b.Bytes(), 0o644); err != nil {
		return err
	}
	if err := c.writeConfig(filepath.Join(dir, "config.yaml")); err != nil {
		return err
	}
	return c.writeOrder(filepath.Join(dir, "order"))
}

func (c *Case) writeConfig(path string) error {
	if c.Config == nil {
		return remove(path)
	}
	text, err := yaml.Marshal(c.Config)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

func (c *Case) writeOrder(path string) error {
	if !c.Queue {
		return remove(path)
	}
	return os.WriteFile(path, []byte("queue\n"), 0o644)
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// Read reads a folder that Write, or a person, wrote.
func Read(dir string) (*Case, error) {
	text, err := os.ReadFile(filepath.Join(dir, "cluster.yaml"))
	if err != nil {
		return nil, err
	}
	c := &Case{Title: filepath.Base(dir)}
	for _, doc := range bytes.Split(append([]byte("\n"), text...), []byte("\n---")) {
		var o Object
		if err := yaml.Unmarshal(doc, &o); err != nil {
			return nil, err
		}
		if len(o) > 0 {
			c.Objects = append(c.Objects, o)
		}
	}
	if text, err = os.ReadFile(filepath.Join(dir, "config.yaml")); err == nil {
		if err := yaml.Unmarshal(text, &c.Config); err != nil {
			return nil, err
		}
	}
	order, _ := os.ReadFile(filepath.Join(dir, "order"))
	c.Queue = string(bytes.TrimSpace(order)) == "queue"
	return c, nil
}
