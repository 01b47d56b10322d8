package scheduler

import (
	"fmt"

	"towtank.dev/towtank/scheduler/config"
	"towtank.dev/towtank/scheduler/framework"
	"towtank.dev/towtank/scheduler/plugins"
)

// profile is one scheduling profile with its plugins, resolved for every extension point.
type profile struct {
	name string
	// percentage is percentageOfNodesToScore, 0 for adaptive.
	percentage int32
	// all holds each plugin once; its place there is the plugin's slot.
	all []framework.Plugin

	preEnqueue []framework.PreEnqueuePlugin
	queueSort  []framework.QueueSortPlugin
	preFilter  []preFilterEntry
	filter     []filterEntry
	postFilter []framework.PostFilterPlugin
	preScore   []preScoreEntry
	score      []scoreEntry
	reserve    []reserveEntry
	permit     []permitEntry
	preBind    []preBindEntry
	bind       []bindEntry
	postBind   []postBindEntry
}

// The entries pair a plugin with its slot, under which its states are kept.
type (
	preFilterEntry struct {
		framework.PreFilterPlugin
		slot       int
		extensions framework.PreFilterExtensions // nil when it has none
	}
	filterEntry struct {
		framework.FilterPlugin
		slot int
	}
	preScoreEntry struct {
		framework.PreScorePlugin
		slot int
	}
	scoreEntry struct {
		framework.ScorePlugin
		slot       int
		weight     int64
		normalizer framework.NormalizeScorePlugin // nil when it has none
	}
	reserveEntry struct {
		framework.ReservePlugin
		slot int
	}
	permitEntry struct {
		framework.PermitPlugin
		slot int
	}
	preBindEntry struct {
		framework.PreBindPlugin
		slot int
	}
	bindEntry struct {
		framework.BindPlugin
		slot int
	}
	postBindEntry struct {
		framework.PostBindPlugin
		slot int
	}
)

// builder makes a profile.
type builder struct {
	*profile
	config  *config.Profile
	plugins map[string]int // slots by name; -1 for a plugin that is known and not built here
	weights map[string]int64
}

// newProfile makes the plugins of a completed configuration and lists them by extension point.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/runtime/framework.go NewFramework.
func newProfile(c *config.Profile, global int32, r *plugins.Registry, h *framework.Handle) (*profile, error) {
	b := &builder{profile: &profile{name: *c.SchedulerName, percentage: global}, config: c, plugins: map[string]int{}}
	if c.PercentageOfNodesToScore != nil {
		b.percentage = *c.PercentageOfNodesToScore
	}
	err := b.make(r, h)
	if err == nil {
		b.weigh()
		err = b.list()
	}
	if err == nil && len(b.queueSort) != 1 {
		err = fmt.Errorf("only one queue sort plugin required for profile with scheduler name %q, but got %d", b.name, len(b.queueSort))
	}
	if err == nil && len(b.bind) == 0 {
		err = fmt.Errorf("at least one bind plugin is needed for profile with scheduler name %q", b.name)
	}
	if err != nil {
		return nil, fmt.Errorf("creating profile for scheduler name %s: %w", b.name, err)
	}
	return b.profile, nil
}

// make makes every plugin that is enabled somewhere, once.
func (b *builder) make(r *plugins.Registry, h *framework.Handle) error {
	args := map[string]framework.Args{}
	for _, pc := range b.config.PluginConfig {
		args[pc.Name] = pc.Args
	}
	for _, name := range b.config.Plugins.Names() {
		entry := r.Lookup(name)
		if entry == nil {
			continue
		}
		if entry.New == nil {
			b.plugins[name] = -1
			continue
		}
		pl, err := entry.New(args[name], h)
		if err != nil {
			return fmt.Errorf("initializing plugin %q: %w", name, err)
		}
		b.plugins[name] = len(b.all)
		b.all = append(b.all, pl)
	}
	return nil
}

// weigh finds each plugin's weight: that of the score point counts before that of multiPoint.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/runtime/framework.go getValidScoreWeights.
func (b *builder) weigh() {
	b.weights = map[string]int64{}
	for _, set := range [][]config.Plugin{b.config.Plugins.Score.Enabled, b.config.Plugins.MultiPoint.Enabled} {
		for _, p := range set {
			if _, known := b.weights[p.Name]; known {
				continue
			}
			b.weights[p.Name] = 1
			if p.Weight != nil && *p.Weight != 0 {
				b.weights[p.Name] = int64(*p.Weight)
			}
		}
	}
}

// list fills the extension points.
func (b *builder) list() error {
	p := b.config.Plugins
	for _, point := range []struct {
		kind string
		set  *config.PluginSet
		add  func(pl framework.Plugin, slot int) bool
	}{
		{"PreFilterPlugin", &p.PreFilter, b.addPreFilter},
		{"FilterPlugin", &p.Filter, b.addFilter},
		{"PostFilterPlugin", &p.PostFilter, b.addPostFilter},
		{"ReservePlugin", &p.Reserve, b.addReserve},
		{"PreScorePlugin", &p.PreScore, b.addPreScore},
		{"ScorePlugin", &p.Score, b.addScore},
		{"PreBindPlugin", &p.PreBind, b.addPreBind},
		{"BindPlugin", &p.Bind, b.addBind},
		{"PostBindPlugin", &p.PostBind, b.addPostBind},
		{"PermitPlugin", &p.Permit, b.addPermit},
		{"PreEnqueuePlugin", &p.PreEnqueue, b.addPreEnqueue},
		{"QueueSortPlugin", &p.QueueSort, b.addQueueSort},
	} {
		if err := b.point(point.kind, point.set, point.add); err != nil {
			return err
		}
	}
	return nil
}

// point lists the plugins of one extension point: first those that stand both here and under
// multiPoint, in the order here; then the others of multiPoint; then the others here.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/runtime/framework.go updatePluginList,
// expandMultiPointPlugins.
func (b *builder) point(kind string, set *config.PluginSet, add func(framework.Plugin, int) bool) error {
	multi := b.config.Plugins.MultiPoint.Enabled
	if set.Disables("*") {
		multi = nil
	}
	here := map[string]bool{}
	for _, p := range set.Enabled {
		if here[p.Name] {
			return fmt.Errorf("plugin %q already registered as %q", p.Name, kind)
		}
		here[p.Name] = true
	}
	var first, middle, last []string
	listed := map[string]bool{}
	for _, p := range multi {
		if set.Disables(p.Name) || here[p.Name] {
			continue
		}
		if listed[p.Name] {
			return fmt.Errorf("plugin %q already registered as %q", p.Name, kind)
		}
		listed[p.Name] = true
		middle = append(middle, p.Name)
	}
	both := names(multi)
	for _, p := range set.Enabled {
		if both[p.Name] && !set.Disables(p.Name) {
			first = append(first, p.Name)
		} else {
			last = append(last, p.Name)
		}
	}
	for _, name := range first {
		if err := b.add(kind, name, add, true); err != nil {
			return err
		}
	}
	for _, name := range middle {
		if err := b.add(kind, name, add, false); err != nil {
			return err
		}
	}
	for _, name := range last {
		if err := b.add(kind, name, add, true); err != nil {
			return err
		}
	}
	return nil
}

func names(list []config.Plugin) map[string]bool {
	set := map[string]bool{}
	for _, p := range list {
		set[p.Name] = true
	}
	return set
}

// add puts one plugin at a point. must says that it has to have something to say there.
func (b *builder) add(kind, name string, add func(framework.Plugin, int) bool, must bool) error {
	slot, known := b.plugins[name]
	if !known {
		return fmt.Errorf("%s %q does not exist", kind, name)
	}
	if slot >= 0 && !add(b.all[slot], slot) && must {
		return fmt.Errorf("plugin %q does not extend %s plugin", name, kind)
	}
	return nil
}
