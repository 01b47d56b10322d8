// Package manifest is the one codec between Kubernetes' v1 objects and the model: it reads manifests as
// people write them and as kubectl prints them, completes them as the API server does, says what is wrong
// with them or not modelled, and writes objects of a run as their v1 JSON. It is where a pod's journey
// begins, and the only package that knows k8s.io types.
//
// A Reader takes files one after another. What it finds is of three sorts: problems (the input cannot be
// taken), invalid values (it can, but the API server would refuse it) and what is not modelled; the caller
// decides what to make of the last two.
package manifest
