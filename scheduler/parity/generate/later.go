package generate

var (
	initContainers = Feature{Name: "init"}
	overhead       = Feature{Name: "overhead"}
	podResources   = Feature{Name: "podresources"}
	resize         = Feature{Name: "resize"}
	spread         = Feature{Name: "spread"}
	podAffinity    = Feature{Name: "podaffinity"}
	volumes        = Feature{Name: "volumes"}
	declared       = Feature{Name: "declared"}
	preempting     = Feature{Name: "preemption"}
	odd            = Feature{Name: "odd"}
)
