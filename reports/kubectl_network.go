package reports

import (
	"fmt"
	"strconv"
	"strings"

	"towtank.dev/towtank/model"
)

var serviceColumns = &KubectlKind{Kind: model.KindService, Names: []string{"services", "service", "svc"}, Namespace: true,
	Heads:     []string{"NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"},
	WideHeads: []string{"SELECTOR"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		s := o.(*model.Service)
		return []string{s.Name, s.Type, orNone(s.ClusterIP), externalAddress(s), orNone(servicePorts(s)), k.Age(s.Created)}, []string{labelText(s.Selector)}
	}}

// externalAddress is the column EXTERNAL-IP; nobody gives load balancers addresses here.
// Source: kubernetes v1.37.2 pkg/printers/internalversion/printers.go getServiceExternalIP.
func externalAddress(s *model.Service) string {
	switch s.Type {
	case "ClusterIP", "NodePort":
		return noneWord
	case "LoadBalancer":
		return "<pending>"
	case "ExternalName":
		return s.ExternalName
	}
	return unknownWord
}

func servicePorts(s *model.Service) string {
	var parts []string
	for _, p := range s.Ports {
		text := countText(p.Port)
		if p.NodePort > 0 {
			text += ":" + countText(p.NodePort)
		}
		parts = append(parts, text+"/"+p.Protocol)
	}
	return strings.Join(parts, ",")
}

var endpointSliceColumns = &KubectlKind{Kind: model.KindEndpointSlice, Names: []string{"endpointslices", "endpointslice", "eps"}, Group: "discovery.k8s.io", Namespace: true,
	Heads: []string{"NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		s := o.(*model.EndpointSlice)
		var ports, addresses []string
		for _, p := range s.Ports {
			ports = append(ports, countText(p.Port))
		}
		for i := range s.Endpoints {
			addresses = append(addresses, s.Endpoints[i].Addresses...)
		}
		return []string{s.Name, s.AddressType, firstFew(ports, 3), firstFew(addresses, 3), k.Age(s.Created)}, nil
	}}

// firstFew lists the first ones, and says how many more there are.
// Source: kubernetes v1.37.2 pkg/printers/internalversion/printers.go listWithMoreString.
func firstFew(list []string, most int) string {
	if len(list) > most {
		return fmt.Sprintf("%s + %d more...", strings.Join(list[:most], ","), len(list)-most)
	}
	return orWord(strings.Join(list, ","), unsetWord)
}

var autoscalerColumns = &KubectlKind{Kind: model.KindHorizontalPodAutoscaler, Names: []string{"horizontalpodautoscalers", "horizontalpodautoscaler", "hpa"}, Group: "autoscaling", Namespace: true,
	Heads: []string{"NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"},
	cells: func(k *Kubectl, o model.Object) ([]string, []string) {
		h := o.(*model.HorizontalPodAutoscaler)
		return []string{h.Name, h.Target.Kind + "/" + h.Target.Name, metricsText(h), countText(h.MinReplicas), countText(h.MaxReplicas),
			countText(h.Status.CurrentReplicas), k.Age(h.Created)}, nil
	}}

// metricsText is the column TARGETS.
// Source: kubernetes v1.37.2 pkg/printers/internalversion/printers.go formatHPAMetrics.
func metricsText(h *model.HorizontalPodAutoscaler) string {
	if len(h.Metrics) == 0 {
		return noneWord
	}
	var list []string
	for i := range h.Metrics {
		var status *model.MetricStatus
		if i < len(h.Status.CurrentMetrics) {
			status = &h.Status.CurrentMetrics[i]
		}
		list = append(list, metricText(&h.Metrics[i], status))
	}
	if len(list) > 2 {
		return fmt.Sprintf("%s + %d more...", strings.Join(list[:2], ", "), len(list)-2)
	}
	return strings.Join(list, ", ")
}

func metricText(spec *model.MetricSpec, status *model.MetricStatus) string {
	current, target, after := unknownWord, "<auto>", ""
	if status == nil {
		status = new(model.MetricStatus)
	}
	resource := spec.Type == "Resource" || spec.Type == "ContainerResource"
	switch {
	case spec.AverageValue != nil:
		current, target = amountText(spec.Name, status.AverageValue), amountText(spec.Name, spec.AverageValue)
		if !resource && spec.Type != "Pods" {
			after = " (avg)"
		}
	case spec.Value != nil:
		current, target = amountText(spec.Name, status.Value), amountText(spec.Name, spec.Value)
	default:
		if status.AverageUtilization != nil {
			current = strconv.Itoa(int(*status.AverageUtilization)) + "%"
		}
		if spec.AverageUtilization != nil {
			target = strconv.Itoa(int(*spec.AverageUtilization)) + "%"
		}
	}
	text := current + "/" + target + after
	if resource {
		text = spec.Name + ": " + text
	}
	return text
}

func amountText(name string, q *model.Quantity) string {
	if q == nil {
		return unknownWord
	}
	return model.FormatQuantity(name, *q)
}
