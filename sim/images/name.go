package images

import (
	"crypto/sha256"
	_ "crypto/sha512" // digests may be sha384 and sha512
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/distribution/reference"
)

// Name is an image's name, taken apart.
type Name struct {
	// Repository is fully qualified, such as docker.io/library/nginx; Host is its first part.
	Repository string
	Host       string
	// Tag is latest when there is neither tag nor digest.
	Tag    string
	Digest string
}

// ParseName takes an image's name apart as Kubernetes does. Its errors are Kubernetes' own.
// Source: kubernetes v1.37.2 pkg/util/parsers/parsers.go ParseImageName.
func ParseName(image string) (Name, error) {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return Name{}, fmt.Errorf("couldn't parse image name %q: %v", image, err)
	}
	n := Name{Repository: named.Name(), Host: reference.Domain(named)}
	if tagged, ok := named.(reference.Tagged); ok {
		n.Tag = tagged.Tag()
	}
	if digested, ok := named.(reference.Digested); ok {
		n.Digest = digested.Digest().String()
	}
	if n.Tag == "" && n.Digest == "" {
		n.Tag = "latest"
	}
	return n, nil
}

// String is the name in full, as the container runtime keeps it: with a digest the tag does not count.
func (n Name) String() string {
	if n.Digest != "" {
		return n.Repository + "@" + n.Digest
	}
	return n.Repository + ":" + n.Tag
}

// path is the repository without its host.
func (n Name) path() string { return strings.TrimPrefix(n.Repository, n.Host+"/") }

// known is what there is to know of a name that some container has, worked out once.
type known struct {
	Name
	asked string // as the container has it
	full  string
	// bare is what was asked without tag and digest: what credentials are remembered under.
	// Source: kubernetes v1.37.2 pkg/kubelet/images/pullmanager/image_pull_policies.go trimImageTagDigest.
	bare  string
	image *image
	id    string // see imageID
	err   error
	// present are the events of a start that finds the image there.
	present []Event
}

// name returns what is known of a name.
func (m *Manager) name(asked string) *known {
	k, ok := m.names[asked]
	if ok {
		return k
	}
	k = &known{asked: asked}
	m.names[asked] = k
	if k.Name, k.err = ParseName(asked); k.err != nil {
		return k
	}
	k.full = k.Name.String()
	k.bare = strings.TrimSuffix(strings.TrimSuffix(asked, "@"+k.Digest), ":"+k.Tag)
	k.image = m.catalogue.find(k.Name)
	k.present = []Event{{normal, pulled, fmt.Sprintf("Container image %q already present on machine and can be accessed by the pod", asked)}}
	return k
}

// digestOf makes up the digest of something that has none: the same for the same text.
func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}
