package world

import (
	"reflect"

	"towtank.dev/towtank/scheduler/config"
)

// ownConfig is a copy that the scheduler of one run may complete in place, so that runs share the
// original, also at the same time.
func ownConfig(shared *config.Configuration) *config.Configuration {
	if shared == nil {
		return nil
	}
	return deepCopy(reflect.ValueOf(shared)).Interface().(*config.Configuration)
}

// deepCopy copies a value with all that its exported fields point to. Configurations are plain: structs,
// pointers, slices and interfaces over them.
func deepCopy(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(deepCopy(v.Elem()))
		}
	case reflect.Interface:
		if !v.IsNil() {
			out.Set(deepCopy(v.Elem()))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(deepCopy(v.Index(i)))
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(deepCopy(v.Field(i)))
			}
		}
	}
	return out
}
