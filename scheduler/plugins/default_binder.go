package plugins

import "towtank.dev/towtank/scheduler/framework"

// defaultBinder agrees to bind every pod; the write is the caller's.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/defaultbinder/default_binder.go.
type defaultBinder struct{}

var _ framework.BindPlugin = (*defaultBinder)(nil)

func newDefaultBinder(framework.Args, *framework.Handle) (framework.Plugin, error) {
	return &defaultBinder{}, nil
}

// Name is DefaultBinder.
func (*defaultBinder) Name() string { return DefaultBinder }

// Bind lets the binding be written.
func (*defaultBinder) Bind(any, *framework.PodInfo, *framework.NodeInfo) *framework.Status {
	return nil
}
