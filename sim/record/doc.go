// Package record is what a run leaves behind: a header, rows and a footer, and the folder they are
// written to and read back from. It stands at the end of a pod's way through the simulator: every
// write and every decision of a run arrives here as a row, and whoever reports on the run reads
// nothing else.
//
// The rows (rows.go) are the contract. A Sink receives them as they happen: Dir writes them to a
// folder, Memory keeps them, Multi passes them on to several. Read plays a folder back into a Sink.
// Each column of each CSV file is declared once, with its unit and meaning; the header line, the
// writer, the reader and the documentation all come from that declaration.
package record
