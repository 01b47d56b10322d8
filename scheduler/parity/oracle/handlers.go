package oracle

import (
	"reflect"
	"unsafe"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/cache"
)

// handlers are the event handlers that the scheduler and its plugins have registered, by the type of object.
type handlers map[reflect.Type]everyHandler

// everyHandler tells several handlers.
type everyHandler []cache.ResourceEventHandler

// of reads the handlers of an object's informer, which has no method for them. They are called here, one
// change after the other, and not by the informer, which would do so at a time of its own.
func (h handlers) of(o runtime.Object, informer cache.SharedIndexInformer) everyHandler {
	kind := reflect.TypeOf(o)
	if known, ok := h[kind]; ok {
		return known
	}
	v := reflect.ValueOf(informer).Elem()
	for !v.FieldByName("processor").IsValid() { // a wrapper
		v = v.FieldByName("SharedIndexInformer").Elem().Elem()
	}
	h[kind] = everyHandler{}
	for _, listener := range v.FieldByName("processor").Elem().FieldByName("listeners").MapKeys() {
		field := listener.Elem().FieldByName("handler")
		h[kind] = append(h[kind], *(*cache.ResourceEventHandler)(unsafe.Pointer(field.UnsafeAddr())))
	}
	return h[kind]
}

func (e everyHandler) OnAdd(o any, initial bool) {
	for _, h := range e {
		h.OnAdd(o, initial)
	}
}

func (e everyHandler) OnUpdate(old, new any) {
	for _, h := range e {
		h.OnUpdate(old, new)
	}
}

func (e everyHandler) OnDelete(o any) {
	for _, h := range e {
		h.OnDelete(o)
	}
}
