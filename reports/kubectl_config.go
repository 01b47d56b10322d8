package reports

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"towtank.dev/towtank/model"
)

var replicationControllerColumns = &KubectlKind{Kind: model.KindReplicationController, Names: []string{"replicationcontrollers", "replicationcontroller", "rc"}, Namespace: true,
	Heads:     []string{"NAME", "DESIRED", "CURRENT", "READY", "AGE"},
	WideHeads: []string{"CONTAINERS", "IMAGES", "SELECTOR"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		r := o.(*model.ReplicationController)
		return []string{r.Name, countText(r.Replicas), countText(r.Status.Replicas), countText(r.Status.ReadyReplicas), k.Age(r.Created)},
			append(containerCells(r.Template), labelText(r.Selector))
	}}

var controllerRevisionColumns = &KubectlKind{Kind: model.KindControllerRevision, Names: []string{"controllerrevisions", "controllerrevision"}, Group: "apps", Namespace: true,
	Heads: []string{"NAME", "CONTROLLER", "REVISION", "AGE"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		r := o.(*model.ControllerRevision)
		controller := noneWord
		if owner := r.Controller(); owner != nil {
			controller = strings.ToLower(owner.Kind)
			if group, _, ok := strings.Cut(owner.APIVersion, "/"); ok {
				controller += "." + group
			}
			controller += "/" + owner.Name
		}
		return []string{r.Name, controller, strconv.FormatInt(r.Revision, 10), k.Age(r.Created)}, nil
	}}

var quotaColumns = &KubectlKind{Kind: model.KindResourceQuota, Names: []string{"resourcequotas", "resourcequota", "quota"}, Namespace: true,
	Heads: []string{"NAME", "REQUEST", "LIMIT", "AGE"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		q := o.(*model.ResourceQuota)
		var requests, limits []string
		for _, r := range sortedResources(q.Status.Hard) {
			text := fmt.Sprintf("%s: %s/%s", r.Name, amountOf(r.Name, q.Status.Used), model.FormatQuantity(r.Name, r.Quantity))
			if strings.HasPrefix(r.Name, "limits.") {
				limits = append(limits, text)
			} else {
				requests = append(requests, text)
			}
		}
		return []string{q.Name, strings.Join(requests, ", "), strings.Join(limits, ", "), k.Age(q.Created)}, nil
	}}

// limitRangeColumns are those of kinds for which the API server has no columns of their own.
// Source: kubernetes v1.37.2 apiserver pkg/registry/rest/table.go defaultTableConvertor.
var limitRangeColumns = &KubectlKind{Kind: model.KindLimitRange, Names: []string{"limitranges", "limitrange", "limits"}, Namespace: true,
	Heads: []string{"NAME", "CREATED AT"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		r := o.(*model.LimitRange)
		return []string{r.Name, k.Start.Add(time.Duration(r.Created)).UTC().Format(time.RFC3339)}, nil
	}}

var configMapColumns = &KubectlKind{Kind: model.KindConfigMap, Names: []string{"configmaps", "configmap", "cm"}, Namespace: true,
	Heads: []string{"NAME", "DATA", "AGE"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		c := o.(*model.ConfigMap)
		return []string{c.Name, strconv.Itoa(len(c.Keys)), k.Age(c.Created)}, nil
	}}

var secretColumns = &KubectlKind{Kind: model.KindSecret, Names: []string{"secrets", "secret"}, Namespace: true,
	Heads: []string{"NAME", "TYPE", "DATA", "AGE"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		s := o.(*model.Secret)
		return []string{s.Name, orWord(s.Type, "Opaque"), strconv.Itoa(len(s.Keys)), k.Age(s.Created)}, nil
	}}

var accountColumns = &KubectlKind{Kind: model.KindServiceAccount, Names: []string{"serviceaccounts", "serviceaccount", "sa"}, Namespace: true,
	Heads: []string{"NAME", "AGE"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		return []string{o.Meta().Name, k.Age(o.Meta().Created)}, nil
	}}
