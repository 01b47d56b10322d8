package verbs

// Info describes a verb: its name is the key in a scenario's timeline, the struct that New returns has
// its fields.
//
// For the reader of scenarios: yaml tags name the fields, doc tags describe them. Fields are decoded
// by their Go type. Beside plain types these are
//   - Target (inline): exactly one key of TargetKeys;
//   - model.Object: one manifest, written in place;
//   - []Manifest: manifests from files (a name, a list of names, or a glob) or in place; a verb with
//     such a field and no other required one takes the value of the field as its own
//     (`apply: shop/v2.yaml`);
//   - Merge: a patch, written in place, made into a function over the object's v1 form;
//   - sim.Dist: a value or distribution.
//
// A verb that has a method Check() error is checked once it is decoded.
type Info struct {
	Name string
	// Doc is one sentence; Example is the value of a timeline entry without `at`.
	Doc     string
	Example string
	New     func() Verb
}

// Checker is a verb that can say before the run what is wrong with its fields. The error begins with
// the field's name: `taints[0]: ...`.
type Checker interface {
	Check() error
}

// Registry returns all verbs, sorted by name.
func Registry() []Info {
	return []Info{
		allowBindingInfo,
		annotateInfo,
		applyInfo,
		autoscaleInfo,
		cordonInfo,
		createInfo,
		deleteInfo,
		denyBindingInfo,
		drainInfo,
		labelInfo,
		patchInfo,
		rolloutPauseInfo,
		rolloutRestartInfo,
		rolloutResumeInfo,
		rolloutUndoInfo,
		scaleInfo,
		setImageInfo,
		taintInfo,
		uncordonInfo,
	}
}

// Lookup returns the verb of that name.
func Lookup(name string) (Info, bool) {
	for _, v := range Registry() {
		if v.Name == name {
			return v, true
		}
	}
	return Info{}, false
}
