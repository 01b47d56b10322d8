package controllers

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"towtank.dev/towtank/model"
	"towtank.dev/towtank/sim/apiserver"
)

// claimer has an object take the dependents that its selector matches, and give up those that it does
// not match any more.
// Source: kubernetes v1.37.2 pkg/controller/controller_ref_manager.go BaseControllerRefManager.
type claimer struct {
	loop  *Loop
	owner model.Object
	ref   model.OwnerReference
	// matches says whether a dependent belongs to the owner.
	matches func(o model.Object) bool
	// wrote, when not nil, is told of a dependent that has been adopted or released.
	wrote func(o model.Object)

	checked  bool
	canAdopt error
}

// claim returns those of the objects that belong to the owner. Errors are those of adoptions and
// releases; the others are claimed all the same.
func claim[T model.Object](c *claimer, objects []T) ([]T, error) {
	var claimed []T
	var errs []string
	for _, o := range objects {
		ok, err := c.claim(o)
		if err != nil {
			errs = append(errs, err.Error())
		} else if ok {
			claimed = append(claimed, o)
		}
	}
	return claimed, aggregate(errs)
}

// aggregate is one error out of several.
// Source: kubernetes v1.37.2 apimachinery pkg/util/errors/errors.go aggregate.Error.
func aggregate(errs []string) error {
	switch len(errs) {
	case 0:
		return nil
	case 1:
		return errors.New(errs[0])
	}
	return errors.New("[" + strings.Join(slices.Compact(errs), ", ") + "]")
}

func (c *claimer) claim(o model.Object) (bool, error) {
	owner, m := c.owner.Meta(), o.Meta()
	if ref := m.Controller(); ref != nil {
		switch {
		case ref.UID != owner.UID:
			return false, nil
		case c.matches(o):
			return true, nil
		case owner.Deleting:
			return false, nil
		}
		return false, ignoreNotFound(c.release(o))
	}
	if owner.Deleting || m.Deleting || !c.matches(o) {
		return false, nil
	}
	if err := c.adopt(o); err != nil {
		return false, ignoreNotFound(err)
	}
	return true, nil
}

func ignoreNotFound(err error) error {
	if apiserver.Is(err, apiserver.NotFound) {
		return nil
	}
	return err
}

// adopt makes the owner the controller of an orphan, after a look at whether the owner is still there.
// Source: kubernetes v1.37.2 pkg/controller/controller_ref_manager.go AdoptPod, RecheckDeletionTimestamp.
func (c *claimer) adopt(o model.Object) error {
	if !c.checked {
		c.checked, c.canAdopt = true, c.recheck()
	}
	if m := o.Meta(); c.canAdopt != nil {
		return fmt.Errorf("can't adopt %s %s/%s (%s): %w", o.Kind(), m.Namespace, m.Name, m.UID, c.canAdopt)
	}
	return c.patch(o, func(owners []model.OwnerReference) ([]model.OwnerReference, error) {
		if slices.ContainsFunc(owners, func(r model.OwnerReference) bool { return r.Controller }) {
			return nil, &apiserver.StatusError{Reason: apiserver.Invalid, Message: fmt.Sprintf(
				"%s %q is invalid: metadata.ownerReferences: Only one reference can have Controller set to true", o.Kind(), o.Meta().Name)}
		}
		return append(slices.Clip(owners), c.ref), nil
	})
}

// recheck says why the owner may not adopt any more.
func (c *claimer) recheck() error {
	was := c.owner.Meta()
	fresh, err := c.loop.Get(c.owner.Kind(), was.Namespace, was.Name)
	if err != nil {
		return fmt.Errorf("can't recheck DeletionTimestamp: %w", err)
	}
	switch m := fresh.Meta(); {
	case m.UID != was.UID:
		return fmt.Errorf("can't recheck DeletionTimestamp: original %s %s/%s is gone: got uid %s, wanted %s",
			c.owner.Kind(), was.Namespace, was.Name, m.UID, was.UID)
	case m.Deleting:
		return fmt.Errorf("%s/%s has just been deleted at %v", m.Namespace, m.Name, m.Deleted)
	}
	return nil
}

// release takes the owner out of an object's references.
func (c *claimer) release(o model.Object) error {
	return c.patch(o, func(owners []model.OwnerReference) ([]model.OwnerReference, error) {
		uid := c.owner.Meta().UID
		return slices.DeleteFunc(slices.Clone(owners), func(r model.OwnerReference) bool { return r.UID == uid }), nil
	})
}

func (c *claimer) patch(o model.Object, change func([]model.OwnerReference) ([]model.OwnerReference, error)) error {
	m := o.Meta()
	var changed model.Object
	err := c.loop.Patch(o.Kind(), m.Namespace, m.Name, m.UID, func(now model.Object) (model.Object, error) {
		owners, err := change(now.Meta().Owners)
		if err != nil {
			return nil, err
		}
		changed = apiserver.Copy(now)
		changed.Meta().Owners = owners
		return changed, nil
	})
	if err == nil && c.wrote != nil {
		c.wrote(changed)
	}
	return err
}
