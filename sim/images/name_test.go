package images

import (
	"strings"
	"testing"
)

func TestNamesAreTakenApart(t *testing.T) {
	digest := "sha256:" + strings.Repeat("ab", 32)
	tests := []struct{ image, repository, host, tag, digest, full string }{
		{"nginx", "docker.io/library/nginx", "docker.io", "latest", "", "docker.io/library/nginx:latest"},
		{"nginx:1.27", "docker.io/library/nginx", "docker.io", "1.27", "", "docker.io/library/nginx:1.27"},
		{"shop/web:1", "docker.io/shop/web", "docker.io", "1", "", "docker.io/shop/web:1"},
		{"localhost:5000/web", "localhost:5000/web", "localhost:5000", "latest", "", "localhost:5000/web:latest"},
		{"registry.example/a/b/c:x", "registry.example/a/b/c", "registry.example", "x", "", "registry.example/a/b/c:x"},
		{"nginx@" + digest, "docker.io/library/nginx", "docker.io", "", digest, "docker.io/library/nginx@" + digest},
		{"nginx:1.27@" + digest, "docker.io/library/nginx", "docker.io", "1.27", digest, "docker.io/library/nginx@" + digest},
	}
	for _, test := range tests {
		n, err := ParseName(test.image)
		if err != nil {
			t.Errorf("%s: %v", test.image, err)
			continue
		}
		expect(t, test.image, n, Name{Repository: test.repository, Host: test.host, Tag: test.tag, Digest: test.digest})
		expect(t, test.image, n.String(), test.full)
	}
	for _, image := range []string{"", "UPPER", "a b", "a:", "a@sha256:12", "-a", "http://a/b", strings.Repeat("a/", 200) + "b"} {
		if n, err := ParseName(image); err == nil {
			t.Errorf("%q is %v, want an error", image, n)
		} else if want := "couldn't parse image name"; !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", image, err, want)
		}
	}
}

func FuzzName(f *testing.F) {
	for _, image := range []string{"nginx", "a/b:c", "localhost:5000/x@sha256:" + strings.Repeat("0f", 32), "UPPER:1", "a:b@c", ""} {
		f.Add(image)
	}
	f.Fuzz(func(t *testing.T, image string) {
		n, err := ParseName(image)
		if err != nil {
			return
		}
		again, err := ParseName(n.String())
		switch {
		case err != nil:
			t.Fatalf("%q became %q: %v", image, n, err)
		case again.String() != n.String() || again.Repository != n.Repository || again.Host != n.Host:
			t.Fatalf("%q became %v and then %v", image, n, again)
		case n.Tag == "" && n.Digest == "" || !strings.HasPrefix(n.Repository, n.Host+"/"):
			t.Fatalf("%q became %#v", image, n)
		}
	})
}
