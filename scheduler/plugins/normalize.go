package plugins

import "towtank.dev/towtank/scheduler/framework"

// normalize scales scores so that the largest becomes 100, in whole numbers; reversed, it becomes 0.
// All zero stays zero, or becomes 100 when reversed.
// Source: kubernetes v1.37.2 pkg/scheduler/framework/plugins/helper/normalize_score.go DefaultNormalizeScore.
func normalize(scores []int64, reverse bool) {
	var most int64
	for _, s := range scores {
		most = max(most, s)
	}
	for i := range scores {
		if most > 0 {
			scores[i] = framework.MaxNodeScore * scores[i] / most
		}
		if reverse {
			scores[i] = framework.MaxNodeScore - scores[i]
		}
	}
}
