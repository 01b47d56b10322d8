package scheduler

import (
	"towtank.dev/towtank/model"
	"towtank.dev/towtank/scheduler/framework"
)

// column numbers the domains of a topology key: the values of that label. The empty key stands for
// nodes themselves.
type column struct {
	key    string
	of     []int32 // by node index; -1 for a node without the label
	rows   []int32 // the same by row
	ids    map[string]int32
	number int32 // of domains
	// tallies are how many there are by this column.
	tallies int
	// missing is how many rows are in no domain.
	missing int
}

// inclusion says of which nodes the pods count.
type inclusion struct {
	includes func(*model.Node) bool
	in       []bool // by node index
}

func (c *column) grow(indexes int) {
	for len(c.of) < indexes {
		c.of = append(c.of, -1)
	}
}

func (c *column) byRow(nodes []*framework.NodeInfo) {
	c.rows = zeroed(c.rows, len(nodes))
	c.missing = 0
	for row, n := range nodes {
		if c.rows[row] = c.of[n.Index]; c.rows[row] < 0 {
			c.missing++
		}
	}
}

// domain is the number of the node's domain.
func (c *column) domain(n *framework.NodeInfo) int32 {
	if c.key == "" {
		c.number = max(c.number, int32(n.Index)+1)
		return int32(n.Index)
	}
	if n.Node == nil {
		return -1 // about to leave the list
	}
	value, ok := n.Node.Labels[c.key]
	if !ok {
		return -1
	}
	id, known := c.ids[value]
	if !known {
		id = c.number
		c.number++
		c.ids[value] = id
	}
	return id
}
