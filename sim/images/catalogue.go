package images

import "strings"

// catalogue is all images that have come up, in the order of their coming, by every name that they have.
type catalogue struct {
	byName map[string]*image
	layers map[string]*layer
	number int
	other  DefaultImage
}

// image is one image, the same on all nodes.
type image struct {
	number int
	id     string // what the runtime calls it, by its content
	digest string // of its manifest, as registries call it
	layers []*layer
	size   int64 // of all layers as they are downloaded, which is what the runtime calls its size
	// unlisted is set while it is in nobody's list and nobody has been told of that.
	unlisted bool
}

// layer is one layer, the same in all images that have it.
type layer struct{ size, unpacked int64 }

// disk is what the layer takes on disk: the runtime keeps what it downloaded beside what it unpacked.
// Source: containerd v2.1 docs/cri/config.md, discard_unpacked_layers = false.
func (l *layer) disk() int64 { return l.size + l.unpacked }

func newCatalogue(c *Config) *catalogue {
	cat := &catalogue{byName: map[string]*image{}, layers: map[string]*layer{}}
	if c == nil {
		cat.other = DefaultImage{Size: DefaultImageSize, Unpacked: UnpackedPerDownloaded * DefaultImageSize}
		return cat
	}
	cat.other = c.Default
	for i := range c.Catalogue {
		cat.list(&c.Catalogue[i])
	}
	return cat
}

// What images are like of which nothing is known.
const (
	// DefaultImageSize is what is downloaded, in bytes.
	DefaultImageSize = 200_000_000
	// UnpackedPerDownloaded is how much a layer grows when it is unpacked.
	// Source: shared with the time to unpack, a guess: images of services on Docker Hub are 2 to 3 times as large.
	UnpackedPerDownloaded = 2.5
)

// list adds an entry of the catalogue. Names that do not parse were refused before.
func (c *catalogue) list(entry *Image) {
	var layers []*layer
	text := strings.Join(entry.Names, " ")
	for _, l := range entry.Layers {
		made := &layer{l.Size, l.Unpacked}
		if l.Digest != "" {
			if same, ok := c.layers[l.Digest]; ok {
				made = same
			} else {
				c.layers[l.Digest] = made
			}
		}
		if !contains(layers, made) {
			layers = append(layers, made)
		}
	}
	img := c.add(text, layers)
	for _, name := range entry.Names {
		n, err := ParseName(name)
		if err != nil {
			panic("images: " + err.Error())
		}
		c.call(img, n)
	}
}

func contains(layers []*layer, l *layer) bool {
	for _, have := range layers {
		if have == l {
			return true
		}
	}
	return false
}

// add makes an image; the text stands for its content.
func (c *catalogue) add(text string, layers []*layer) *image {
	c.number++
	img := &image{number: c.number, id: digestOf("config " + text), digest: digestOf("manifest " + text), layers: layers}
	for _, l := range layers {
		img.size += l.size
	}
	return img
}

// call gives an image a name, and the one by its digest in the same repository.
func (c *catalogue) call(img *image, n Name) {
	if n.Digest != "" {
		img.digest = n.Digest
	}
	for _, name := range [2]string{n.String(), n.Repository + "@" + img.digest} {
		if _, taken := c.byName[name]; !taken {
			c.byName[name] = img
		}
	}
}

// find returns the image of a name; one that is new is like all that are not listed.
func (c *catalogue) find(n Name) *image {
	name := n.String()
	if img, ok := c.byName[name]; ok {
		return img
	}
	img := c.add(name, []*layer{{c.other.Size, c.other.Unpacked}})
	img.unlisted = true
	c.call(img, n)
	return img
}

// report takes up an image that the status of a node lists, with all its names. The first node that tells of
// an image decides on its size.
func (c *catalogue) report(names []Name, size int64) *image {
	for _, n := range names {
		if img, ok := c.byName[n.String()]; ok {
			return img
		}
	}
	img := c.add(names[0].String(), []*layer{{size, int64(UnpackedPerDownloaded * float64(size))}})
	for _, n := range names {
		c.call(img, n)
	}
	return img
}
