package plugins

import (
	"testing"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// bench is a small cluster for one test.
type bench struct {
	*testing.T
	handle *framework.Handle
}

func newBench(t *testing.T) *bench {
	return &bench{t, &framework.Handle{Vocabulary: framework.NewVocabulary(), Snapshot: &framework.Snapshot{ByName: map[string]*framework.NodeInfo{}}}}
}

// plugin makes a plugin of the default registry; nil arguments are the defaults.
func (b *bench) plugin(name string, args framework.Args) framework.Plugin {
	b.Helper()
	entry := Default().Lookup(name)
	if args == nil && entry.NewArgs != nil {
		args = entry.NewArgs()
	}
	if args != nil {
		args.SetDefaults()
		if errs := args.Validate("args"); len(errs) > 0 {
			b.Fatal(errs)
		}
	}
	pl, err := entry.New(args, b.handle)
	if err != nil {
		b.Fatal(err)
	}
	return pl
}

// resources makes a list of name, amount pairs: cpu in thousandths, everything else in whole units.
func resources(pairs ...any) model.ResourceList {
	var l model.ResourceList
	for i := 0; i < len(pairs); i += 2 {
		name, amount := pairs[i].(string), int64(pairs[i+1].(int))
		q := model.WholeQuantity(amount)
		if name == model.ResourceCPU {
			q = model.MilliQuantity(amount)
		}
		l = l.With(name, q)
	}
	return l
}

const gi = 1 << 30

// node adds a node with 4 CPUs, 8 GiB and room for 110 pods, after change has had its way with it.
func (b *bench) node(name string, change func(*model.Node), pods ...*model.Pod) *framework.NodeInfo {
	n := &model.Node{}
	n.Name, n.Labels = name, map[string]string{model.LabelHostname: name}
	n.Status.Allocatable = resources("cpu", 4000, "memory", 8*gi, "pods", 110)
	if change != nil {
		change(n)
	}
	info := &framework.NodeInfo{Index: len(b.handle.Snapshot.Nodes)}
	info.SetNode(b.handle.Vocabulary, n)
	for _, p := range pods {
		info.AddPod(b.handle.Vocabulary.Pod(p))
	}
	b.handle.Snapshot.Nodes = append(b.handle.Snapshot.Nodes, info)
	b.handle.Snapshot.ByName[name] = info
	return info
}

// pod is a pod with one container that requests so much.
func pod(requests model.ResourceList, change ...func(*model.Pod)) *model.Pod {
	p := &model.Pod{Spec: &model.PodSpec{Containers: []model.Container{{Name: "c", Image: "app", Requests: requests}}}}
	p.Name, p.Namespace = "p", "default"
	for _, c := range change {
		c(p)
	}
	return p
}

func (b *bench) info(p *model.Pod) *framework.PodInfo { return b.handle.Vocabulary.Pod(p) }

// filter runs PreFilter and Filter as a cycle would; "" is success, otherwise code and reasons.
func (b *bench) filter(pl framework.Plugin, p *model.Pod, n *framework.NodeInfo) string {
	info := b.info(p)
	var state any
	if pre, ok := pl.(framework.PreFilterPlugin); ok {
		var status *framework.Status
		if state, _, status = pre.PreFilter(info, b.handle.Snapshot); status.Skipped() {
			return ""
		} else if !status.OK() {
			return verdict(status)
		}
	}
	return verdict(pl.(framework.FilterPlugin).Filter(state, info, n))
}

func verdict(s *framework.Status) string {
	if s.OK() {
		return ""
	}
	return s.Code().String() + ": " + s.Message()
}

// score runs PreScore and Score over all nodes; nil means skipped.
func (b *bench) score(pl framework.Plugin, p *model.Pod) []int64 {
	b.Helper()
	info, nodes := b.info(p), b.handle.Snapshot.Nodes
	var state any
	if pre, ok := pl.(framework.PreScorePlugin); ok {
		var status *framework.Status
		if state, status = pre.PreScore(nil, info, nodes); status.Skipped() {
			return nil
		} else if !status.OK() {
			b.Fatal(status.Message())
		}
	}
	scores := make([]int64, len(nodes))
	for i, n := range nodes {
		var status *framework.Status
		if scores[i], status = pl.(framework.ScorePlugin).Score(state, info, n); !status.OK() {
			b.Fatal(status.Message())
		}
	}
	return scores
}

// normalized is score after NormalizeScore.
func (b *bench) normalized(pl framework.Plugin, p *model.Pod) []int64 {
	b.Helper()
	scores := b.score(pl, p)
	if scores != nil {
		if status := pl.(framework.NormalizeScorePlugin).NormalizeScore(nil, b.info(p), b.handle.Snapshot.Nodes, scores); !status.OK() {
			b.Fatal(status.Message())
		}
	}
	return scores
}
