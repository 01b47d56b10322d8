package reports

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"towtank.dev/towtank/sim"
	"towtank.dev/towtank/sim/record"
)

// Containers is the report on restarts and on pulls of images. It keeps a row for each container that was
// restarted, and one for each image. The zero Containers is ready.
type Containers struct {
	base
	restarted map[restartKey]*restarts
	list      []*restarts // in the order in which they came
	images    map[string]*imageUse
	used      []*imageUse
}

var _ Builder = (*Containers)(nil)

type restartKey struct{ uid, container string }

// restarts is one container that was started more than once.
type restarts struct {
	last     record.ContainerRow
	heldBack time.Duration
	ran      Average
	ooms     int64
}

// imageUse is what was pulled of one image.
type imageUse struct {
	image   string
	starts  int64
	pulls   Average
	longest time.Duration
}

// How many rows the tables of the report show.
const (
	restartedShown = 50
	imagesShown    = 50
)

// Container takes in a start of a container.
func (c *Containers) Container(r *record.ContainerRow) {
	if c.images == nil {
		c.images, c.restarted = map[string]*imageUse{}, map[restartKey]*restarts{}
	}
	c.image(r)
	key := restartKey{r.UID, r.Container}
	known := c.restarted[key]
	// A first start that failed comes before its restarts; whether there will be any is not known then.
	if known == nil {
		if r.Restart == 0 && (r.Ended == sim.Never || r.ExitCode == 0) {
			return
		}
		known = new(restarts)
		c.restarted[key] = known
		c.list = append(c.list, known)
	}
	known.last = *r
	known.heldBack += r.HeldBack
	if r.Ended != sim.Never {
		known.ran.Add(r.Ended.Sub(r.Started))
	}
	if r.Reason == "OOMKilled" {
		known.ooms++
	}
}

func (c *Containers) image(r *record.ContainerRow) {
	use := c.images[r.Image]
	if use == nil {
		use = &imageUse{image: r.Image}
		c.images[r.Image] = use
		c.used = append(c.used, use)
	}
	use.starts++
	if r.Pulled {
		use.pulls.Add(r.Pull)
		use.longest = max(use.longest, r.Pull)
	}
}

// Doc lists the containers that were restarted most, then the images that took longest to pull.
func (c *Containers) Doc() *Doc {
	d := c.doc("containers")
	d.Sections = []Section{c.restartSection(), c.imageSection()}
	return d
}

func (c *Containers) restartSection() Section {
	list := slices.DeleteFunc(slices.Clone(c.list), func(r *restarts) bool { return r.last.Restart == 0 })
	slices.SortStableFunc(list, func(a, b *restarts) int {
		return cmp.Or(cmp.Compare(b.last.Restart, a.last.Restart), cmp.Compare(a.last.Namespace, b.last.Namespace),
			cmp.Compare(a.last.Pod, b.last.Pod), cmp.Compare(a.last.Container, b.last.Container))
	})
	t := &Table{Columns: []Column{
		{Key: "pod", Head: "POD"}, {Key: "container", Head: "CONTAINER"}, {Key: "restarts", Head: "RESTARTS"}, {Key: "oom_kills", Head: "OOM KILLS"},
		{Key: "back_off_seconds", Head: "HELD BACK"}, {Key: "run_mean_seconds", Head: "MEAN RUN"}, {Key: "exit_code", Head: "EXIT CODE"}, {Key: "reason", Head: "LAST END"},
	}}
	for _, r := range list[:min(len(list), restartedShown)] {
		code, reason := Count(int64(r.last.ExitCode)), Text(r.last.Reason)
		if r.last.Ended == sim.Never {
			code, reason = Absent(), Text("runs")
		}
		t.Rows = append(t.Rows, []Value{Text(r.last.Namespace + "/" + r.last.Pod), Text(r.last.Container), Count(int64(r.last.Restart)), Count(r.ooms),
			Span(r.heldBack), Number(r.ran.Mean(), UnitSpan), code, reason})
	}
	if left := len(list) - restartedShown; left > 0 {
		t.More = fmt.Sprintf("and %s more containers that were restarted: see %s", Count(int64(left)), record.ContainersFile)
	}
	return Section{Key: "restarted", Title: "RESTARTED", Table: t}
}

func (c *Containers) imageSection() Section {
	list := slices.DeleteFunc(slices.Clone(c.used), func(i *imageUse) bool { return i.pulls.n == 0 })
	slices.SortStableFunc(list, func(a, b *imageUse) int {
		return cmp.Or(cmp.Compare(b.longest, a.longest), cmp.Compare(a.image, b.image))
	})
	t := &Table{Columns: []Column{{Key: "image", Head: "IMAGE"}, {Key: "starts", Head: "STARTS"}, {Key: "pulls", Head: "PULLS"},
		{Key: "pull_mean_seconds", Head: "MEAN PULL"}, {Key: "pull_max_seconds", Head: "LONGEST"}}}
	for _, i := range list[:min(len(list), imagesShown)] {
		t.Rows = append(t.Rows, []Value{Text(i.image), Count(i.starts), Count(i.pulls.n), Number(i.pulls.Mean(), UnitSpan), Span(i.longest)})
	}
	if left := len(list) - imagesShown; left > 0 {
		t.More = fmt.Sprintf("and %s more images: see %s", Count(int64(left)), record.ContainersFile)
	}
	return Section{Key: "images", Title: "PULLED IMAGES", Table: t}
}
