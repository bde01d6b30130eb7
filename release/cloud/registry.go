package cloud

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
)

// KeptImages is how many images the registry's lifecycle rule keeps (C3).
const KeptImages = 10

// Image is an entry of a registry.
type Image struct {
	Digest string
	Tags   []string
	Pushed time.Time
}

// Images lists a repository, the newest first: every entry that the lifecycle
// rule may count, with those of an image's platforms and of what is told about
// it. A repository that does not exist has none.
func (a *Account) Images(ctx context.Context, repository string) ([]Image, error) {
	var all []Image
	pages := ecr.NewDescribeImagesPaginator(ecr.NewFromConfig(a.config), &ecr.DescribeImagesInput{RepositoryName: aws.String(repository)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if hasCode(err, "RepositoryNotFound") {
			return nil, nil
		}
		if err != nil {
			return nil, explain("the images in "+repository+" cannot be listed", err)
		}
		for _, image := range page.ImageDetails {
			all = append(all, Image{aws.ToString(image.ImageDigest), image.ImageTags, aws.ToTime(image.ImagePushedAt)})
		}
	}
	slices.SortStableFunc(all, func(x, y Image) int { return cmp.Compare(y.Pushed.UnixNano(), x.Pushed.UnixNano()) })
	return all, nil
}

// place is an image's, counted from 1 for the newest; 0 when it is not there.
func place(images []Image, digest string) int {
	return slices.IndexFunc(images, func(i Image) bool { return i.Digest == digest }) + 1
}

// CheckKept refuses to deploy an image that the lifecycle rule is about to
// take away (docs/decisions/0010): the next push would do, and the tasks that
// start after it would have nothing to pull.
func CheckKept(images []Image, repository, digest string) error {
	f := &Failure{What: "the image " + digest + " cannot be deployed", Next: "push it again as a new image with bin/catalogctl deploy, or choose another one of aws ecr describe-images --repository-name " + repository}
	switch at := place(images, digest); {
	case at == 0:
		f.Why = "it is not in " + repository
	case at >= KeptImages:
		f.Why = fmt.Sprintf("it is number %d of the %d images that the lifecycle rule keeps, and the next push takes it away", at, KeptImages)
	default:
		return nil
	}
	return f
}

// CheckRoom refuses a push that would take away what runs, or is to run. added
// is how many entries it brings.
func CheckRoom(images []Image, repository string, running []string, added int) error {
	for _, digest := range running {
		at := place(images, digest)
		if at == 0 || at+added <= KeptImages {
			continue
		}
		return &Failure{
			What: "no image can be pushed", Why: fmt.Sprintf("tasks run %s or are about to, and it is number %d in %s, and %d new entries would push it past the %d that the lifecycle rule keeps", digest, at, repository, added, KeptImages),
			Next: "delete newer images that nothing runs with aws ecr batch-delete-image --repository-name " + repository + ", " + again,
		}
	}
	return nil
}
