package scenarios

import (
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"towtank.dev/towtank/scenarios/decode"
	"towtank.dev/towtank/sim/images"
)

// catalogueReader reads the entries of a catalogue of images, in the scenario and in files of their own.
type catalogueReader struct {
	*reader
	config *images.Config
	names  map[string]string       // full names of images, with the places that gave them
	layers map[string]images.Layer // by digest
}

// item reads an entry, or the file that a path names.
func (c *catalogueReader) item(d *decode.Decoder, n *yaml.Node, path string) {
	if n.Kind != yaml.ScalarNode {
		c.entry(d, n, path)
		return
	}
	name, ok := d.Text(n, path)
	if !ok {
		return
	}
	f, ok := c.readSmall(d, n, path, name)
	if !ok {
		return
	}
	documents := decode.Documents(f.display, f.content, 0, &c.problems)
	inside := c.decoder(f.display)
	for _, list := range documents {
		if list.Kind != yaml.SequenceNode {
			inside.Add(list, "", "%s, want a list of images, e.g. [{image: shop/web:1, size: 90M}]", decode.Kind(list))
			continue
		}
		for i, one := range list.Content {
			c.entry(inside, decode.Resolve(one), "["+strconv.Itoa(i)+"]")
		}
	}
}

// entry reads one image.
func (c *catalogueReader) entry(d *decode.Decoder, n *yaml.Node, path string) {
	var e imageEntry
	before := d.Problems.Len()
	d.Into(n, path, &e)
	if d.Problems.Len() > before {
		return
	}
	made := images.Image{Names: c.namesOf(d, n, path, &e)}
	switch {
	case len(e.Layers) > 0 && (e.Size != nil || e.Unpacked != nil):
		d.Add(n, path, "size beside layers, want one of them: the size of an image is that of its layers")
	case len(e.Layers) == 0 && e.Size == nil:
		d.Add(n, path, "neither size nor layers, want e.g. size: 90M, or layers: [{digest: base, size: 80M}, {size: 10M}]")
	case len(e.Layers) == 0:
		made.Layers = []images.Layer{{Size: int64(*e.Size), Unpacked: unpacked(e.Unpacked, int64(*e.Size))}}
	}
	for i := range e.Layers {
		if l, ok := c.layer(d, n, path, &e.Layers[i], i); ok {
			made.Layers = append(made.Layers, l)
		}
	}
	if d.Problems.Len() == before {
		c.config.Catalogue = append(c.config.Catalogue, made)
	}
}

// namesOf are the names of an image: the one it is listed by, and further tags, which are whole names too or tags
// in the same repository.
func (c *catalogueReader) namesOf(d *decode.Decoder, n *yaml.Node, path string, e *imageEntry) []string {
	if e.Image == "" {
		d.Add(n, path+".image", "missing, want the name of an image, e.g. registry.example/shop/web:1")
		return nil
	}
	first, err := images.ParseName(e.Image)
	if err != nil {
		d.Add(decode.Get(n, "image"), path+".image", "%q is not the name of an image, want e.g. registry.example/shop/web:1", e.Image)
		return nil
	}
	names := []string{e.Image}
	for _, tag := range e.Tags {
		names = append(names, first.Repository+":"+tag)
	}
	for i, name := range names {
		at, node := path+".image", decode.Get(n, "image")
		if i > 0 {
			at = decode.Index(path+".tags", i-1)
			node = decode.Resolve(decode.Get(n, "tags").Content[i-1])
		}
		parsed, err := images.ParseName(name)
		if err != nil || i > 0 && strings.ContainsAny(e.Tags[i-1], ":@/") {
			d.Add(node, at, "%q is not a tag, want e.g. \"1\" or latest", e.Tags[i-1])
			continue
		}
		if have := c.names[parsed.String()]; have != "" {
			d.Add(node, at, "%s is listed at %s already, want each name once", parsed, have)
		}
		c.names[parsed.String()] = fmt.Sprintf("%s:%d:%d", d.File, node.Line, node.Column)
	}
	return names
}

// layer reads one layer. Layers of one digest are the same, and may leave their sizes out after the first.
func (c *catalogueReader) layer(d *decode.Decoder, n *yaml.Node, path string, l *imageLayer, i int) (images.Layer, bool) {
	path = decode.Index(path+".layers", i)
	node := decode.Resolve(decode.Get(n, "layers").Content[i])
	have, known := c.layers[l.Digest]
	known = known && l.Digest != ""
	switch {
	case l.Size == nil && known:
		return have, true
	case l.Size == nil:
		d.Add(node, path+".size", "missing, want what is downloaded, e.g. 80M")
		return images.Layer{}, false
	}
	made := images.Layer{Digest: l.Digest, Size: int64(*l.Size), Unpacked: unpacked(l.Unpacked, int64(*l.Size))}
	if known && made != have {
		d.Add(node, path, "layer %s had %d bytes and %d unpacked before, want the same, or no size", l.Digest, have.Size, have.Unpacked)
		return images.Layer{}, false
	}
	c.layers[l.Digest] = made
	return made, true
}
