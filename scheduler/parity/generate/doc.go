// Package generate makes random case folders by seed: nodes, pods already bound, pods to be
// placed and, often, a KubeSchedulerConfiguration.
//
// Each feature is one small file that adds its part to nodes, pods, the cluster or the
// configuration. A case draws which of the allowed features it has, and few values for each,
// so that ties, full nodes and interplay are the rule. The same seed and features give the
// same bytes.
package generate
