// Package simtest runs scripts against a whole simulated cluster: commands, and below them what the
// cluster is expected to say. The scripts lie in testdata; each begins by saying what it guards.
//
// A script is a list of blocks, each of commands, a line ----, and the expected output up to an empty
// line. Lines that begin with # are remarks. The test rewrites the outputs with -rewrite. Commands:
//
//	cluster [seed=1] [decision=1ms] [bind=10ms] [watch=0s]   must come first, if at all
//	add-node NAME [cpu=4] [pods=110] [taint=key:Effect] [label=value ...]
//	create-pod NAME [cpu=1] [node=N] [restart=Never] [grace=30] [count=1] [init=a,b] [sidecar=s]
//	    [containers=c] [needs=label=value] [priority=CLASS] [startup=2s] [ready=1s] [run=10m] [exit=0] [stop=1s|ignore]
//	    startup, ready, run, exit and stop may name one container: run.a=5s
//	delete-pod NAME [grace=0]
//	delete-node NAME
//	label-node NAME key=value     overwrites
//	taint-node NAME TAINT
//	cordon NAME, uncordon NAME
//	run 30s                       lets time pass
//	status                        prints the pods and nodes as they are
//	log                           prints what has changed since the last log, with its time
//
// Pods are printed as one line: phase, conditions (S PodScheduled, P PodReadyToStartContainers,
// I Initialized, C ContainersReady, R Ready; T or F/reason, - absent) and the state of each container
// (rc is its restart count).
package simtest
