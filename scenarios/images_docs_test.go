package scenarios

import (
	"os"
	"regexp"
	"testing"
)

func TestTheExamplesAboutImagesAreRead(t *testing.T) {
	text, err := os.ReadFile("../docs/images.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?s)```yaml\n(images:.*?)```").FindAllSubmatch(text, -1)
	if len(examples) < 4 {
		t.Fatalf("%d examples, want 4", len(examples))
	}
	for _, example := range examples {
		if c := loadImages(t, string(example[1]), "images.yaml", "- {image: nginx, size: 70M}\n"); c == nil {
			t.Errorf("nothing was read of\n%s", example[1])
		}
	}
}
