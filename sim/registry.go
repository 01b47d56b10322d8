package sim

// DistributionParam describes one parameter of a distribution.
type DistributionParam struct {
	// Name is the key in a scenario.
	Name string
	// Doc is one phrase that says what the parameter is and what values are possible.
	Doc string
	// InUnit tells that the parameter is in the unit of the values (a mean of 10m, say) rather than
	// a bare number (a shape).
	InUnit bool
	// Optional parameters may be left out of every form.
	Optional bool
}

// DistributionInfo describes a family of distributions that is made from numbers.
type DistributionInfo struct {
	// Name is the key in a scenario.
	Name string
	// Doc is one sentence that says what the family is good for.
	Doc string
	// Params are all parameters, in the order in which people write them.
	Params []DistributionParam
	// Forms are the sets of required parameters of which exactly one must be given in full.
	Forms [][]string

	// build makes the distribution from parameters that fit a form, and says in them what is wrong
	// with their values.
	build func(*arguments) Dist
}

// New makes a distribution. Its errors name the field, what is wrong and what would be right, such
// as exponential.mean: -3 is not positive.
func (d DistributionInfo) New(params map[string]float64) (Dist, error) {
	a := d.read(params)
	if a.err != nil {
		return nil, a.err
	}
	made := d.build(a)
	if a.err != nil {
		return nil, a.err
	}
	if t, ok := made.(truncatable); ok {
		return a.truncate(t)
	}
	return made, nil
}

// Param returns the parameter of that name.
func (d DistributionInfo) Param(name string) (DistributionParam, bool) {
	for _, p := range d.Params {
		if p.Name == name {
			return p, true
		}
	}
	return DistributionParam{}, false
}

// Distributions returns the families of distributions, sorted by name. The empirical one is not
// among them, for it is made from a list of values: see NewEmpirical.
func Distributions() []DistributionInfo {
	return []DistributionInfo{
		constantInfo,
		exponentialInfo,
		gammaInfo,
		lognormalInfo,
		normalInfo,
		paretoInfo,
		triangularInfo,
		uniformInfo,
		weibullInfo,
	}
}

// Distribution returns the family of that name.
func Distribution(name string) (DistributionInfo, bool) {
	for _, d := range Distributions() {
		if d.Name == name {
			return d, true
		}
	}
	return DistributionInfo{}, false
}
