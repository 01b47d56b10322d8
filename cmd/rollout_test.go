package cmd

import (
	"strings"
	"testing"
)

// The rollout of shop/web begins at 4m with an image that is not there, and is undone at 6m.
func TestRolloutStatusAsKubectlSaysIt(t *testing.T) {
	dir := recordedSeeing(t)
	const stuck = "Waiting for deployment \"web\" rollout to finish: 1 out of 3 new replicas have been updated...\n"
	for _, c := range []struct {
		name   string
		args   []string
		code   int
		stdout string
		stderr string
	}{
		{"what is rolled out is not waited for", []string{"deploy/web", "-n", "shop", "--at", "3m59s"}, ExitOK, "deployment \"web\" successfully rolled out\n", ""},
		{"without watching only the instant counts", []string{"deploy", "shop/web", "--at", "4m1s", "--watch=false"}, ExitOK, stuck, ""},
		{"the time is up", []string{"deploy/web", "-n", "shop", "--at", "4m1s", "--timeout", "20s"}, ExitUnmet, stuck, "error: timed out waiting for the condition\n"},
		{"a change of the spec has it said again, until it is over", []string{"deploy/web", "-n", "shop", "--at", "5m59s"}, ExitOK,
			stuck + strings.Repeat("Waiting for deployment spec update to be observed...\n", 2) +
				"Waiting for deployment \"web\" rollout to finish: 1 old replicas are pending termination...\ndeployment \"web\" successfully rolled out\n", ""},
		{"another revision is wanted", []string{"deploy/web", "-n", "shop", "--at", "5m", "--revision", "7"}, ExitUnmet, "",
			"error: desired revision (7) is different from the running revision (2)\n"},
		{"a StatefulSet", []string{"sts/db", "-n", "shop", "--at", "9m"}, ExitOK, "partitioned roll out complete: 2 new pods have been updated...\n", ""},
		{"the history of a Deployment", []string{"history", "deploy/web", "-n", "shop", "--at", "5m"}, ExitOK,
			"deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n", ""},
		{"a revision that is not kept", []string{"history", "sts/db", "-n", "shop", "--revision", "4"}, ExitUnmet, "", "error: unable to find the specified revision\n"},
		{"a kind without rollouts", []string{"jobs", "-n", "shop"}, ExitBadInput, "", "towtank: jobs have no rollouts, want a deployment, a statefulset or a daemonset\nSee 'towtank rollout status --help'.\n"},
		{"one that is not there", []string{"deploy/nope", "-n", "shop"}, ExitBadInput, "", "towtank: deployments.apps \"nope\" not found at 10m\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"rollout", "status"}, c.args...)
			if c.args[0] == "history" {
				args = append([]string{"rollout"}, c.args...)
			}
			got := towtank(t, append(args, dir, "-q")...)
			if got.code != c.code || got.stdout != c.stdout || got.stderr != c.stderr {
				t.Errorf("%d\n%s%s", got.code, got.stdout, got.stderr)
			}
		})
	}
}
