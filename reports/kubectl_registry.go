package reports

import (
	"slices"

	"towtank.dev/towtank/model"
)

// KubectlKinds are the kinds that can be printed, sorted by their first name.
func KubectlKinds() []*KubectlKind {
	kinds := []*KubectlKind{
		podColumns, nodeColumns, namespaceColumns,
		deploymentColumns, replicaSetColumns, statefulSetColumns, daemonSetColumns, jobColumns, cronJobColumns,
		autoscalerColumns, budgetColumns, serviceColumns, endpointSliceColumns,
		claimColumns, volumeColumns, storageClassColumns, eventColumns, priorityClassColumns,
		replicationControllerColumns, controllerRevisionColumns, quotaColumns, limitRangeColumns,
		configMapColumns, secretColumns, accountColumns,
	}
	slices.SortFunc(kinds, func(a, b *KubectlKind) int { return compareText(a.Names[0], b.Names[0]) })
	return kinds
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// LookupKubectl finds a kind by any of its names, also with its group (deployments.apps); nil when there is none.
func LookupKubectl(name string) *KubectlKind {
	for _, kind := range KubectlKinds() {
		for _, n := range kind.Names {
			if name == n || kind.Group != "" && name == n+"."+kind.Group {
				return kind
			}
		}
	}
	return nil
}

// KubectlKindOf finds the columns of a kind; nil when there are none.
func KubectlKindOf(k model.Kind) *KubectlKind {
	for _, kind := range KubectlKinds() {
		if kind.Kind == k {
			return kind
		}
	}
	return nil
}
