package reports

import "towtank.dev/towtank/model"

// Source: kubernetes v1.37.2 kubectl pkg/describe/describe.go describeStorageClass.
var storageClassDescription = description{model.KindStorageClass, func(d *Describer, s *sheet, o model.Object) {
	c := o.(*model.StorageClass)
	s.put(0, "Name:\t%s", c.Name)
	isDefault := "No"
	if c.Default {
		isDefault = "Yes"
	}
	s.put(0, "IsDefaultClass:\t%s", isDefault)
	s.put(0, "Annotations:\t%s", equalities(c.Annotations))
	s.put(0, "Provisioner:\t%s", c.Provisioner)
	s.put(0, "Parameters:\t%s", equalities(d.writtenMap(c, "parameters")))
	expansion := unsetWord
	switch d.written(c, "allowVolumeExpansion") {
	case "true":
		expansion = "True"
	case "false":
		expansion = "False"
	}
	s.put(0, "AllowVolumeExpansion:\t%s", expansion)
	d.mountOptions(s, c)
	s.put(0, "ReclaimPolicy:\t%s", orWord(c.ReclaimPolicy, "Delete"))
	s.put(0, "VolumeBindingMode:\t%s", orWord(c.BindingMode, "Immediate"))
	if c.AllowedTopologies != nil {
		s.put(0, "AllowedTopologies:\t")
		for i := range c.AllowedTopologies {
			describeTerm(s, 1, i, c.AllowedTopologies[i].Requirements)
		}
	}
	d.events(s)
}}

func (d *Describer) mountOptions(s *sheet, c *model.StorageClass) {
	var options []any
	if d.Written != nil {
		options, _ = d.Written(c, "mountOptions").([]any)
	}
	if len(options) == 0 {
		s.put(0, "MountOptions:\t%s", noneWord)
		return
	}
	s.put(0, "MountOptions:")
	for _, option := range options {
		s.put(1, "%v", option)
	}
}
