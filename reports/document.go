package reports

// Doc is a document: data with enough of a layout for any renderer. Keys are stable names for
// programs, heads and the words around values are for people.
type Doc struct {
	Report string // name of the report in the registry
	Title  string
	// Facts follow the title: what run this is of. Origin says where it comes from.
	Facts  []Part
	Origin []Part
	// Alerts are sentences that must not be overlooked.
	Alerts   []string
	Sections []Section
}

// Section is a block of figures, or a table.
type Section struct {
	Key     string // of the table, unique in the document
	Title   string // empty for a block of figures
	Figures []Figure
	Table   *Table
}

// Figure is a labelled line of values.
type Figure struct {
	Key    string // unique in the document
	Label  string
	Parts  []Part
	Remark string
}

// Part is a value with a name for programs and the words before and after it for people.
type Part struct {
	Key    string // unique in its figure
	Before string
	Value  Value
	After  string
	// Rare hides the part from people when its value is zero or absent.
	Rare bool
}

// Table is a table of values. Without rows it says that there is nothing to tell: programs get an
// empty list, people nothing.
type Table struct {
	Columns []Column
	Rows    [][]Value
	// Headless leaves out the line of heads for people.
	Headless bool
	// More is a sentence on what was left out, or on how to read the table.
	More string
}

// Column is a column of a table.
type Column struct {
	Key  string
	Head string
	// Wide marks running text, which is wrapped where space is short.
	Wide bool
	// Once shows people a text only where it is not that of the row above.
	Once bool
}
