package oracle

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"sigs.k8s.io/yaml"

	"towtank.dev/towtank/scheduler/parity/generate"
)

// Case is one folder as read: cluster.yaml, config.yaml and order.
type Case struct {
	// Objects are versioned API objects in document order, with upstream's defaults.
	Objects []runtime.Object
	// Config is the text of config.yaml, nil when there is none.
	Config []byte
	// Queue tells that pods are taken by priority, then file order, not by file order alone.
	Queue bool
	// Warnings are about documents that were left out.
	Warnings []string
}

// Read reads a case folder. Errors name the document that could not be read.
func Read(dir string) (*Case, error) {
	text, err := generate.ReadText(dir)
	if err != nil {
		return nil, err
	}
	c, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return c, nil
}

// Parse reads a case from its text.
func Parse(text generate.Text) (*Case, error) {
	c := &Case{Config: text.Config, Queue: text.Queue}
	if err := c.decode(text.Cluster); err != nil {
		return nil, fmt.Errorf("cluster.yaml: %w", err)
	}
	complete(c.Objects)
	return c, nil
}

// decode reads the documents one by one; those of kinds this scheme does not know become
// warnings.
func (c *Case) decode(text []byte) error {
	next := documents(text)
	for n := 0; ; n++ {
		doc, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = c.document(n, doc)
		}
		if err != nil {
			return fmt.Errorf("document %d: %w", n, err)
		}
	}
}

// documents goes through YAML documents, or through JSON objects if the text begins with one.
func documents(text []byte) func() ([]byte, error) {
	if bytes.HasPrefix(text, []byte("{")) {
		d := json.NewDecoder(bytes.NewReader(text))
		return func() ([]byte, error) {
			var doc json.RawMessage
			err := d.Decode(&doc)
			return doc, err
		}
	}
	return utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text))).Read
}

func (c *Case) document(n int, doc []byte) error {
	var meta metav1.TypeMeta
	unmarshal := json.Unmarshal
	if !bytes.HasPrefix(doc, []byte("{")) {
		unmarshal = func(text []byte, into any) error { return yaml.Unmarshal(text, into) }
	}
	if err := unmarshal(doc, &meta); err != nil {
		return err
	}
	if meta.Kind == "" {
		return nil
	}
	obj, _, err := legacyscheme.Codecs.UniversalDeserializer().Decode(doc, nil, nil)
	if runtime.IsNotRegisteredError(err) || meta.Kind == "PodGroup" {
		c.Warnings = append(c.Warnings, fmt.Sprintf("document %d: %s %s is ignored", n, meta.APIVersion, meta.Kind))
		return nil
	}
	if err != nil {
		return err
	}
	c.Objects = append(c.Objects, obj)
	return nil
}

// pods are the case's pods in file order.
func (c *Case) pods() []*v1.Pod { return only[*v1.Pod](c.Objects) }

func only[T runtime.Object](objects []runtime.Object) []T {
	var out []T
	for _, o := range objects {
		if t, ok := o.(T); ok {
			out = append(out, t)
		}
	}
	return out
}
