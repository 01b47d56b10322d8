package plugins

import "towtank.dev/towtank/scheduler/framework"

// losses say, criterion by criterion, what a candidate has against it.
var losses = [...]string{
	"more of the victims are protected by a disruption budget",
	"the most important victim has a higher priority",
	"the priorities of the victims add up to more",
	"there are more victims",
	"the most important victims have run for longer",
}

// weigh notes what each candidate has against it, if the trial wants to know.
func (pl *defaultPreemption) weigh(trial framework.Trial, candidates []framework.Candidate, chosen *framework.Candidate) {
	if asked, ok := trial.(framework.Inquirer); !ok || !asked.Asks() {
		return
	}
	for i := range candidates {
		candidates[i].Lost = pl.lostBy(&candidates[i], chosen)
	}
}

// lostBy says by which of upstream's criteria a candidate loses against the chosen one, "" when it is the
// equal in all: then chance decides, or the name.
func (pl *defaultPreemption) lostBy(c, chosen *framework.Candidate) string {
	for i, score := range criteria {
		if score(pl, c) < score(pl, chosen) {
			return losses[i]
		}
	}
	return ""
}
