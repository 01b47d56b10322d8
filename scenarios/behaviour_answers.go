package scenarios

import (
	"reflect"
	"slices"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim/behaviour"
)

type answersForm answersBlock

// answersHook reads what handlers are answered, and holds what is said against the kind of handler.
func answersHook(d *decode.Decoder, n *yaml.Node, path string, out reflect.Value) {
	var form answersForm
	if !into(d, n, path, &form) {
		return
	}
	made := &form.made
	about(d, n, path, &form)
	if form.Port != nil && (made.Kind == "exec" || made.Kind == "tcpSocket") {
		d.Add(decode.Get(n, "port"), decode.Join(path, "port"), "%s has no port beside it", made.Kind)
	}
	says := decode.Join(path, "says")
	for i := range form.Says {
		s := &form.Says[i]
		at, place := decode.Index(says, i), decode.Walk(decode.Get(n, "says"), decode.Index("", i))
		item := behaviour.Says{From: s.From, Takes: s.Takes.dist(), Reply: s.replyBlock.reply()}
		item.Restart, item.OnlyRestart = only(s.Restart)
		if item.OnlyRestart && item.Restart < 0 {
			d.Add(decode.Get(place, "restart"), decode.Join(at, "restart"), "%d is negative, want 0 for the first start or more", item.Restart)
		}
		if item.Takes == nil && item.Reply == nil {
			d.Add(place, at, "says nothing, want an answer, takes or both")
		}
		s.replyBlock.check(d, place, at, made.Kind)
		made.Says = append(made.Says, item)
	}
	failures(d, n, path, &form)
	made.SlowWhenThrottled = form.SlowWhenThrottled
	if len(made.Says) == 0 && made.Failures == nil {
		d.Add(n, path, "says nothing, want says, or failEvery and failFor")
	}
	out.Set(reflect.ValueOf(answersBlock(form)))
}

// about fills in which handlers the answers are about.
func about(d *decode.Decoder, n *yaml.Node, path string, form *answersForm) {
	made := &form.made
	kinds := 0
	set := func(kind string, text *string, field *string) {
		if text == nil {
			return
		}
		kinds++
		made.Kind = kind
		if *text != "*" {
			*field = *text
		}
	}
	set("exec", form.Exec, &made.Word)
	set("httpGet", form.HTTPGet, &made.Path)
	set("grpc", form.GRPC, &made.Service)
	set("tcpSocket", (*string)(form.TCPSocket), &made.Port)
	if form.Port != nil {
		made.Port = string(*form.Port)
	}
	if kinds > 1 {
		d.Add(n, path, "%d of exec, httpGet, tcpSocket and grpc, want one, and an entry for each", kinds)
	}
	if form.HTTPGet != nil && *form.HTTPGet != "*" && (*form.HTTPGet == "" || (*form.HTTPGet)[0] != '/') {
		d.Add(decode.Get(n, "httpGet"), decode.Join(path, "httpGet"), "%q is not a path, want e.g. /ready, or * for all", *form.HTTPGet)
	}
}

// failures fills in the failures at random.
func failures(d *decode.Decoder, n *yaml.Node, path string, form *answersForm) {
	switch {
	case form.FailEvery == nil && form.FailFor == nil && form.FailWith == nil:
		return
	case form.FailEvery == nil || form.FailFor == nil:
		d.Add(n, path, "failures want both failEvery and failFor")
		return
	}
	f := &behaviour.Failures{Every: form.FailEvery.Dist, For: form.FailFor.Dist}
	if form.FailWith != nil {
		f.With = form.FailWith.reply()
		form.FailWith.check(d, decode.Get(n, "failWith"), decode.Join(path, "failWith"), form.made.Kind)
	}
	form.made.Failures = f
}

// reply is what the fields say; nil when they say nothing.
func (b *replyBlock) reply() *behaviour.Reply {
	if *b == (replyBlock{}) {
		return nil
	}
	r := &behaviour.Reply{}
	if b.Exit != nil {
		r.Exit = int32(*b.Exit)
	}
	if b.Status != nil {
		r.Status = int(*b.Status)
	}
	for _, text := range []struct {
		from *string
		to   *string
	}{{b.Output, &r.Output}, {b.Body, &r.Output}, {b.Redirect, &r.Redirect}, {b.Serving, &r.Serving}, {b.Error, &r.Error}} {
		if text.from != nil {
			*text.to = *text.from
		}
	}
	r.Refused = b.Refused != nil && *b.Refused
	r.Fails = b.Fails != nil && *b.Fails
	return r
}

// replyKinds are the kinds of handlers that a field of a reply is for; fields that are not here are for all.
var replyKinds = map[string][]string{
	"exit": {"exec"}, "output": {"exec"}, "status": {"httpGet"}, "body": {"httpGet"}, "redirect": {"httpGet"},
	"serving": {"grpc"}, "refused": {"httpGet", "tcpSocket", "grpc"},
}

// servings are what a grpc health check may be answered.
var servings = []string{"SERVING", "NOT_SERVING", "UNKNOWN", "SERVICE_UNKNOWN"}

// check holds a reply against the kind of handler that it is for, "" for all kinds.
func (b *replyBlock) check(d *decode.Decoder, n *yaml.Node, path, kind string) {
	for _, p := range decode.Pairs(n) {
		kinds := replyKinds[p.Key.Value]
		if kind != "" && kinds != nil && !slices.Contains(kinds, kind) {
			d.Add(p.Key, decode.Join(path, p.Key.Value), "is for %s, this is about %s", list(kinds), kind)
		}
	}
	if b.Status != nil && (*b.Status < 100 || *b.Status > 599) {
		d.Add(decode.Get(n, "status"), decode.Join(path, "status"), "%d, want a status code from 100 to 599", *b.Status)
	}
	if b.Serving != nil && !slices.Contains(servings, *b.Serving) {
		d.Add(decode.Get(n, "serving"), decode.Join(path, "serving"), "%s", decode.Unknown("status", *b.Serving, servings))
	}
	if b.Redirect != nil && (b.Status == nil || *b.Status < 300 || *b.Status > 399) {
		d.Add(decode.Get(n, "redirect"), decode.Join(path, "redirect"), "wants a status from 300 to 399 beside it")
	}
}

// list writes names as "a", "a and b" or "a, b and c".
func list(names []string) string {
	out := names[0]
	for i, name := range names[1:] {
		if i == len(names)-2 {
			out += " and " + name
		} else {
			out += ", " + name
		}
	}
	return out
}
