package mutants

// SourceMutant is a mistake in code that no plugin's answers show: the queue, the cycle, and what the fast
// runtime keeps. It is made while the code is built, so that the code itself has no place for it.
type SourceMutant struct {
	// Name switches the mistake on.
	Name string
	// Mistake says what is wrong.
	Mistake string
	// File holds the right text once, relative to the module.
	File string
	// Right and Wrong are statements or, if Expression is set, expressions.
	Right, Wrong string
	Expression   bool
	// Noticed says who must notice.
	Noticed Witness
}

// Witness is who notices a mistake.
type Witness int

const (
	// Stories are random scenarios through which the real scheduler, ours, and ours with kept answers are led.
	Stories Witness = iota
	// Queue are the tests of the queue, random ones and the record of a real one.
	Queue
)

// Source are the mistakes in the queue, in the cycle and in kept answers.
func Source() []SourceMutant {
	all := queueMutants()
	all = append(all, cycleMutants()...)
	return append(all, keptMutants()...)
}

func queueMutants() []SourceMutant {
	return []SourceMutant{
		{"queue-backoff", "backs off twice as long", "scheduler/queue/backoff.go",
			"return initial << shift", "return initial << (shift + 1)", false, Queue},
		{"queue-window", "lets pods go at the beginning of their last second", "scheduler/queue/backoff.go",
			"i.expiry >= q.window(now)", "i.expiry > q.window(now)", true, Queue},
		{"queue-priority", "takes the least important first", "scheduler/queue/backoff.go",
			"a.priority > b.priority", "a.priority < b.priority", true, Queue},
		{"queue-idle", "leaves pods in back-off while it is idle", "scheduler/queue/attempt.go",
			"q.active.len() > 0 || q.rejected.len() > 0", "q.active.len() > 0", true, Queue},
		{"queue-in-flight", "forgets what happened during an attempt", "scheduler/queue/attempt.go",
			"strategy, plugin = q.catchUp(i)", "strategy = Skip", false, Queue},
		{"queue-flush", "flushes what has waited long a period early", "scheduler/queue/unschedulable.go",
			"after.TruncateFrom(q.options.Started, leftoverPeriod).Add(leftoverPeriod)", "after.TruncateFrom(q.options.Started, leftoverPeriod)", true, Queue},
		{"queue-hint", "does not listen to hints", "scheduler/queue/strategy.go",
			"h.fn(i.Pod, old, new) == framework.QueueSkip", "false", true, Queue},
		{"queue-errors", "counts errors as rejections", "scheduler/queue/backoff.go",
			"i.ConsecutiveErrors > 0", "false", true, Queue},
		{"queue-nomination", "forgets a nomination when the pod is updated", "scheduler/queue/nominator.go",
			"node = n.NominatedNode(old)", "node = \"\"", false, Queue},
	}
}

func cycleMutants() []SourceMutant {
	return []SourceMutant{
		{"cycle-start", "moves on by the nodes that fit", "scheduler/filter.go",
			"c.start = (c.start + s.evaluated()) % len(c.snapshot.Nodes)", "c.start = (c.start + len(s.feasible)) % len(c.snapshot.Nodes)", false, Stories},
		{"cycle-sample", "forgets that a hundred nodes are always looked for", "scheduler/filter.go",
			"max(nodes*share/100, minFeasibleNodesToFind)", "nodes*share/100", true, Stories},
		{"cycle-nominated", "does not yield to nominated pods of its own priority", "scheduler/nominated.go",
			"priority(p) < priority(c.cycle.pod.Pod)", "priority(p) <= priority(c.cycle.pod.Pod)", true, Stories},
		{"cycle-weights", "forgets the weights of plugins", "scheduler/score.go",
			"s.totals[i] += score * pl.weight", "s.totals[i] += score", false, Stories},
		{"cycle-ties", "lets equal totals sink in the heap", "scheduler/choose.go",
			"totals[heap[child]] <= totals[heap[root]]", "totals[heap[child]] < totals[heap[root]]", true, Stories},
		{"cycle-message", "words reasons in the wrong order", "scheduler/message.go",
			"sort.Strings(out)", "sort.Sort(sort.Reverse(sort.StringSlice(out)))", false, Stories},
		{"cycle-ended", "goes on counting pods that have ended", "scheduler/handlers.go",
			"s.podDeleted(now, old)", "_ = old", false, Stories},
		{"cycle-unbound", "goes on counting a pod that could not be bound", "scheduler/attempt.go",
			"s.uncount(k)\n\t\ts.core.Release(k.info)", "k.counted, k.assumed = false, false", false, Stories},
		{"cycle-started", "tells apart victims that started within one second", "scheduler/plugins/preemption_victims.go",
			"return pod.Status.Started.TruncateFrom(sim.At(-pl.wallOffset), time.Second)", "return pod.Status.Started", false, Stories},
	}
}

func keptMutants() []SourceMutant {
	return []SourceMutant{
		{"kept-row", "fit: a node's row is not read again when its pods have changed", "scheduler/fast.go",
			"f.rows[row].Set(f.nodes[row])", "_ = row", false, Stories},
		{"kept-pods", "fit: answers are not worked out again when pods have changed", "scheduler/fast_answers.go",
			"change.object || a.object != nil", "change.object", true, Stories},
		{"kept-object", "affinity, taints: a node's object that has changed is taken for the old one", "scheduler/fast.go",
			"rowChange{row, change.Object}", "rowChange{row, false}", true, Stories},
		{"kept-overrun", "all: answers stay when more has changed than the log holds", "scheduler/fast_answers.go",
			"clear(a.have)", "_ = a.have", false, Stories},
		{"kept-key", "fit: pods of other requests get the answers kept for these", "scheduler/plugins/keys.go",
			"key = appendInt(key, v)", "_ = v", false, Stories},
		{"kept-gone", "spread: a pod that is gone stays in its domain's count", "scheduler/fast_domains.go",
			"d.count(c.Pod, c.Index, c.By)", "d.count(c.Pod, c.Index, max(c.By, 0))", false, Stories},
		{"kept-domain", "spread: a node stays in its domain when its label changes", "scheduler/fast_domains.go",
			"c.Object && d.moved(c.Index)", "false", true, Stories},
		{"kept-leaving", "spread: pods on their way out count", "scheduler/fast_classes.go",
			"g.living && c.deleting", "false", true, Stories},
		{"kept-hosts", "spread: the pods of the last cycle stay on their nodes", "scheduler/fast_hosts.go",
			"h.totals[i][index] = 0", "h.totals[i][index] += 0", false, Stories},
		{"kept-plans", "spread: that a Service selects others means nothing to plans", "scheduler/fast_objects.go",
			"(old.Selector == nil) != (o.Selector == nil) || !maps.Equal(old.Selector, o.Selector)", "false", true, Stories},
		{"default-services", "spread: Services found by one label alone", "scheduler/plugins/default_selector.go",
			"service.Selector != nil && containsLabels(pod.Labels, service.Selector)", "service.Selector != nil", true, Stories},
		{"kept-self", "spread: the pod itself is not counted in", "scheduler/fast_plan_filter.go",
			"f.maxSkew - f.self + t.least(f.minDomains)", "f.maxSkew + t.least(f.minDomains)", true, Stories},
		{"kept-spread-score", "spread: crowded domains score best", "scheduler/fast_plan_score.go",
			"int32(framework.MaxNodeScore*(most+least-score)/most)", "int32(framework.MaxNodeScore*score/most)", true, Stories},
		{"kept-terms", "pod affinity: the terms of a pod that is gone stay", "scheduler/fast_domains.go",
			"d.owned(p)", "d.owned(p)[:len(d.owned(p))*int(max(by, 0))]", true, Stories},
		{"kept-affinity-score", "pod affinity: scores are turned round", "scheduler/fast_plan_affinity.go",
			"float64(score-least) / float64(most-least)", "float64(most-score) / float64(most-least)", true, Stories},
		{"kept-first", "pod affinity: the first pod of a group finds no node", "scheduler/fast_plan_filter.go",
			"f.kind == mustHave && f.tally.sum > 0", "f.kind == mustHave", true, Stories},
		{"kept-nominated", "all: nominated pods do not count", "scheduler/fast_nominated.go",
			"!c.yields(pod, name)", "true", true, Stories},
	}
}
