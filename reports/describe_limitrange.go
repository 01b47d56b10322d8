package reports

import (
	"slices"

	"towtank.dev/towtank/model"
)

// limitRangeDescription describes a LimitRange; kubectl shows no events of one.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeLimitRange.
var limitRangeDescription = description{model.KindLimitRange, func(d *Describer, s *sheet, o model.Object) {
	r := o.(*model.LimitRange)
	s.head(&r.ObjectMeta)
	describeLimitsHead(s, "")
	describeLimits(s, "", r)
}}

func describeLimitsHead(s *sheet, space string) {
	s.put(0, "%sType\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio", space)
	s.put(0, "%s----\t--------\t---\t---\t---------------\t-------------\t-----------------------", space)
}

// describeLimits lists the limits by resource; kubectl's own order is that of a map.
// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeLimitRangeSpec.
func describeLimits(s *sheet, space string, r *model.LimitRange) {
	for i := range r.Limits {
		item := &r.Limits[i]
		var names []string
		for _, list := range []model.ResourceList{item.Max, item.Min, item.Default, item.DefaultRequest, item.MaxLimitRequestRatio} {
			for _, amount := range list {
				names = append(names, amount.Name)
			}
		}
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			s.put(0, "%s%s\t%s\t%s\t%s\t%s\t%s\t%s", space, item.Type, name, limitText(name, item.Min), limitText(name, item.Max),
				limitText(name, item.DefaultRequest), limitText(name, item.Default), limitText("", pick(name, item.MaxLimitRequestRatio)))
		}
	}
}

// limitText is an amount, "-" where there is none.
func limitText(name string, l model.ResourceList) string {
	q, ok := l.Get(name)
	if !ok {
		return "-"
	}
	return model.FormatQuantity(name, q)
}

// pick is the list of one amount under no name: a ratio is a number, whatever it is a ratio of.
func pick(name string, l model.ResourceList) model.ResourceList {
	q, ok := l.Get(name)
	if !ok {
		return nil
	}
	return model.ResourceList{{Quantity: q}}
}
