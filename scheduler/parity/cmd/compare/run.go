package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"towtank.dev/towtank/scheduler/parity/answer"
	"towtank.dev/towtank/scheduler/parity/compare"
	"towtank.dev/towtank/scheduler/parity/coverage"
	"towtank.dev/towtank/scheduler/parity/generate"
	"towtank.dev/towtank/scheduler/parity/oracle"
	"towtank.dev/towtank/scheduler/parity/shrink"
)

// run is one comparison over many cases.
type run struct {
	subject  compare.Subject
	options  compare.Options
	features []string
	seed     uint64
	count    int
	most     int
	small    string
	counters *coverage.Counters

	done, differ, refused int
}

// all goes through the folders, or through random cases when there are none.
func (r *run) all(dirs []string) error {
	for _, dir := range dirs {
		if err := r.folder(dir, nil); err != nil {
			return err
		}
	}
	if len(dirs) > 0 {
		return nil
	}
	work, err := os.MkdirTemp("", "parity")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	for i := range uint64(r.count) {
		c := generate.New(r.seed+i, r.features)
		dir := filepath.Join(work, fmt.Sprintf("seed-%06d", r.seed+i))
		if err := c.Write(dir); err != nil {
			return err
		}
		if err := r.folder(dir, c); err != nil {
			return err
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		if r.most > 0 && r.differ >= r.most {
			return nil
		}
	}
	return nil
}

// folder compares one case, tells its first difference and shrinks it if asked.
func (r *run) folder(dir string, c *generate.Case) error {
	r.done++
	found, refused := r.differences(dir, r.counters)
	if refused != nil {
		r.refused++
		return nil
	}
	if len(found) == 0 {
		return nil
	}
	r.differ++
	fmt.Printf("%s: %s\n", filepath.Base(dir), found[0])
	if r.small == "" {
		return nil
	}
	if c == nil {
		var err error
		if c, err = generate.Read(dir); err != nil {
			return err
		}
	}
	return r.shrink(c, filepath.Join(r.small, filepath.Base(dir)), kind(found[0].Where))
}

// differences asks both sides. The error is upstream's refusal of the case.
func (r *run) differences(dir string, counters *coverage.Counters) ([]compare.Difference, error) {
	want, err := oracle.Place(dir)
	if err != nil {
		return nil, err
	}
	counters.Add(want)
	text, err := r.subject.Place(dir)
	if err != nil {
		return []compare.Difference{{Where: "the subject's answer", Want: "one", Got: err.Error()}}, nil
	}
	truth, err := answer.Marshal(want)
	if err != nil {
		return nil, err
	}
	found, err := compare.JSON(truth, text, r.options)
	if err != nil {
		return []compare.Difference{{Where: "the subject's answer", Want: "one", Got: err.Error()}}, nil
	}
	return found, nil
}

// shrink writes the smallest case that differs in the same kind of thing.
func (r *run) shrink(c *generate.Case, dir, want string) error {
	var failed error
	small := shrink.Case(c, func(c *generate.Case) bool {
		if failed = c.Write(dir); failed != nil {
			return false
		}
		found, refused := r.differences(dir, coverage.New())
		return refused == nil && len(found) > 0 && kind(found[0].Where) == want
	})
	if failed != nil {
		return failed
	}
	fmt.Printf("  made small in %s: %d objects\n", dir, len(small.Objects))
	return small.Write(dir)
}

var names = regexp.MustCompile(`pods\[\d+\] \S+ |attempts\[\d+\] |(scores|infeasible|candidates)\[[^]]*\]`)

// kind is a difference's place without the names of pods and nodes in it.
func kind(where string) string { return names.ReplaceAllString(where, "$1") }
