package scenarios

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"towtank.dev/towtank/scenarios/manifest"
	"towtank.dev/towtank/sim/pressure"
)

type evictionBlock struct {
	EvictionHard     map[string]string        `yaml:"evictionHard" doc:"How much must be available, a quantity or a percentage, of memory.available, nodefs.available, nodefs.inodesFree, imagefs.available, imagefs.inodesFree and pid.available, before pods are evicted at once. All that is not named is off. Default {memory.available: 100Mi, nodefs.available: 10%, nodefs.inodesFree: 5%, imagefs.available: 15%, imagefs.inodesFree: 5%}."`
	EvictionSoft     map[string]string        `yaml:"evictionSoft" doc:"The same, for evictions with grace, each of which wants an evictionSoftGracePeriod. Default: none."`
	SoftGrace        map[string]time.Duration `yaml:"evictionSoftGracePeriod" doc:"How long each of evictionSoft must be met."`
	MinimumReclaim   map[string]string        `yaml:"evictionMinimumReclaim" doc:"How much more must be available, a quantity, before one that was met is not met any more. Default: none."`
	Transition       *time.Duration           `yaml:"evictionPressureTransitionPeriod" doc:"How long a node's condition stays true after it was last observed. Default 5m."`
	MaxGraceSeconds  *int64                   `yaml:"evictionMaxPodGracePeriod" doc:"The longest grace of pods that are evicted for one of evictionSoft, in seconds. Default 0."`
	MaxPIDs          *int64                   `yaml:"maxPIDs" doc:"How many processes the machine can have: of them pid.available is what is left. Default 4194304."`
	BytesPerInode    *byteCount               `yaml:"bytesPerInode" doc:"For how many bytes of a file system there is one inode. Default 16Ki."`
	MergeWithDefault *bool                    `yaml:"mergeDefaultEvictionSettings" doc:"What evictionHard does not name is as by default. Default false."`
}

// eviction says when kubelets evict; nil when the scenario says nothing of it.
// Source: kubernetes v1.37.2 pkg/kubelet/eviction/helpers.go ParseThresholdConfig; pkg/kubelet/apis/config/validation.
func (r *reader) eviction(b *evictionBlock, path string) *pressure.Config {
	if reflect.ValueOf(b).Elem().IsZero() {
		return nil
	}
	add := func(field, format string, args ...any) { r.addAt(path+"."+field, format, args...) }
	c := pressure.DefaultConfig()
	if b.EvictionHard != nil {
		var kept []pressure.Threshold
		for _, t := range c.Thresholds {
			if _, named := b.EvictionHard[t.Signal.String()]; b.MergeWithDefault != nil && *b.MergeWithDefault && !named {
				kept = append(kept, t)
			}
		}
		c.Thresholds = append(thresholds("evictionHard", b.EvictionHard, add), kept...)
		for i := range c.Thresholds {
			c.Thresholds[i].Hard = true
		}
	}
	for _, t := range thresholds("evictionSoft", b.EvictionSoft, add) {
		grace, ok := b.SoftGrace[t.Signal.String()]
		if !ok {
			add("evictionSoft", "%s has no grace, want it in evictionSoftGracePeriod", t.Signal)
		}
		t.Grace = grace
		c.Thresholds = append(c.Thresholds, t)
	}
	slices.SortStableFunc(c.Thresholds, func(a, b pressure.Threshold) int { return int(a.Signal) - int(b.Signal) })
	softGraces(b, add)
	reclaims(b, &c, add)
	if b.Transition != nil {
		if c.Transition = *b.Transition; c.Transition < 0 {
			add("evictionPressureTransitionPeriod", "%s is negative, want 0s or more", c.Transition)
		}
	}
	if b.MaxPIDs != nil {
		if c.MaxPIDs = *b.MaxPIDs; c.MaxPIDs < 1 {
			add("maxPIDs", "%d, want 1 or more", c.MaxPIDs)
		}
	}
	if b.BytesPerInode != nil {
		if c.BytesPerInode = int64(*b.BytesPerInode); c.BytesPerInode < 1 {
			add("bytesPerInode", "%d, want 1 or more", c.BytesPerInode)
		}
	}
	if b.MaxGraceSeconds != nil {
		if c.MaxGrace = *b.MaxGraceSeconds; c.MaxGrace < 0 {
			add("evictionMaxPodGracePeriod", "%d is negative, want 0 or more", c.MaxGrace)
		}
	}
	return &c
}

// softGraces holds the graces against the thresholds that they are for.
func softGraces(b *evictionBlock, add addProblem) {
	for _, name := range slices.Sorted(maps.Keys(b.SoftGrace)) {
		if _, ok := b.EvictionSoft[name]; !ok {
			add("evictionSoftGracePeriod", "%s is not in evictionSoft", name)
		} else if b.SoftGrace[name] < 0 {
			add("evictionSoftGracePeriod", "%s: %s is negative, want 0s or more", name, b.SoftGrace[name])
		}
	}
}

// reclaims gives thresholds what must be available beyond them.
func reclaims(b *evictionBlock, c *pressure.Config, add addProblem) {
	for _, t := range thresholds("evictionMinimumReclaim", b.MinimumReclaim, add) {
		if t.Share > 0 {
			add("evictionMinimumReclaim", "%s: a percentage, want a quantity, e.g. 500Mi", t.Signal)
		}
		for i := range c.Thresholds {
			if c.Thresholds[i].Signal == t.Signal {
				c.Thresholds[i].MinReclaim = t.Bytes
			}
		}
	}
}

// thresholds reads thresholds by signal. One of 0% or 100% is none.
func thresholds(path string, from map[string]string, add addProblem) (out []pressure.Threshold) {
	for _, name := range slices.Sorted(maps.Keys(from)) {
		signal, ok := pressure.SignalOf(name)
		text := from[name]
		if strings.HasPrefix(name, "containerfs.") {
			add(path, "%s is not set: it is always that of the file system with the containers, imagefs or nodefs", name)
			continue
		}
		if !ok {
			add(path, "%q is not modelled, want one of %s", name, strings.Join(pressure.SignalNames(), ", "))
			continue
		}
		t := pressure.Threshold{Signal: signal}
		if number, percent := strings.CutSuffix(text, "%"); percent {
			share, err := strconv.ParseFloat(number, 32)
			if err != nil || share < 0 || share > 100 {
				add(path, "%s: %q, want a percentage from 0%% to 100%%", name, text)
			}
			if share == 0 || share == 100 {
				continue
			}
			t.Share = share / 100
		} else if q, err := manifest.ParseQuantity(text); err != nil || q.Value() <= 0 {
			add(path, "%s: %q, want a quantity above 0 or a percentage, e.g. 100Mi or 10%%", name, text)
		} else {
			t.Bytes = q.Value()
		}
		out = append(out, t)
	}
	return out
}

// eviction lists when kubelets evict, where the scenario says something of it.
func (l *parameterList) eviction(c *pressure.Config, path string) {
	if c == nil {
		return
	}
	for i := range c.Thresholds {
		t := &c.Thresholds[i]
		kind := path + ".evictionSoft."
		if t.Hard {
			kind = path + ".evictionHard."
		}
		l.add(kind+t.Signal.String(), t.String())
	}
	l.add(path+".evictionPressureTransitionPeriod", spanOr(c.Transition, "0s"))
	if c.MaxPIDs != 0 {
		l.add(path+".maxPIDs", strconv.FormatInt(c.MaxPIDs, 10))
	}
	if c.BytesPerInode != 0 {
		l.add(path+".bytesPerInode", strconv.FormatInt(c.BytesPerInode, 10))
	}
	l.add(path+".evictionMaxPodGracePeriod", strconv.FormatInt(c.MaxGrace, 10))
}
