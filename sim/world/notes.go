package world

import (
	"towtank.dev/towtank/sim/record"
)

// notes counts remarks, in the order in which they first came up.
type notes struct {
	list  []record.Note
	index map[string]int
}

// manyNotes bounds how many different remarks are kept.
const manyNotes = 1000

func (n *notes) add(text string) {
	if n.index == nil {
		n.index = map[string]int{}
	}
	i, ok := n.index[text]
	if !ok {
		if len(n.list) >= manyNotes {
			text = "further remarks of other kinds"
			if i, ok = n.index[text]; ok {
				n.list[i].Count++
				return
			}
		}
		i = len(n.list)
		n.index[text] = i
		n.list = append(n.list, record.Note{Text: text})
	}
	n.list[i].Count++
}
