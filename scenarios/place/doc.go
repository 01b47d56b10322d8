// Package place schedules the pending pods of a snapshot once, without time: each gets one try, what
// it takes is taken, the next one sees it.
package place
