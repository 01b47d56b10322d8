// Package heartbeat keeps the leases that the kubelets renew, so that who watches over the nodes can
// tell that one has fallen silent. Renewals that change nothing are not events: the instant of the last
// one is computed when somebody asks.
package heartbeat
