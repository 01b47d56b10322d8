// Package generators makes objects out of a few words: many nodes of one template.
package generators
