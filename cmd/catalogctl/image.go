package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"catalog/release"
)

type imageOptions struct {
	platforms []string
	push      string
	asJSON    bool
}

func imageCommand() *cobra.Command {
	var o imageOptions
	cmd := &cobra.Command{
		Use:   "image",
		Short: "Build the API's container image, without Docker, and push it",
		Long: `Builds the image of what this checkout holds, for linux/amd64 and linux/arm64: the static program, the certificate
authorities that it trusts, and nothing else. The same commit gives the same digest on any machine. A list of what is in it
(SPDX) and how it was made (SLSA) go with it. It lies in .local/.cache/images as an OCI layout.

With --push it goes to a repository, tagged with its version: to Amazon ECR as whom the AWS SDK finds (AWS_PROFILE, aws sso
login, …), to any other as whom docker login has stored. What is there already is not sent again, and a tag does not move.`,
		Example: `  catalogctl image
  catalogctl image --platform linux/amd64 --json
  catalogctl image --push 123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/ecr-catalog-dev
  catalogctl image --push localhost:5000/catalog`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return image(cmd.Context(), o, os.Stdout, newTalk(os.Stderr))
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&o.platforms, "platform", nil, "linux/amd64 or linux/arm64 alone (default both)")
	flags.StringVar(&o.push, "push", "", "the repository to push to, as host/name")
	flags.BoolVar(&o.asJSON, "json", false, "print what was built, and where it is, as JSON")
	return cmd
}

// parsed are the platforms, each once.
func (o imageOptions) parsed() ([]release.Platform, error) {
	var platforms []release.Platform
	seen := map[release.Platform]bool{}
	for _, text := range o.platforms {
		platform, err := release.ParsePlatform(text)
		if err != nil {
			return nil, &exitError{exitUsage, fmt.Errorf("--platform: %w", err)}
		}
		if !seen[platform] {
			seen[platform] = true
			platforms = append(platforms, platform)
		}
	}
	return platforms, nil
}

// imageAnswer is what --json prints.
type imageAnswer struct {
	release.Image
	Tags   []string        `json:"tags"`
	Pushed *release.Pushed `json:"pushed,omitempty"`
}

func image(ctx context.Context, o imageOptions, stdout io.Writer, t *talk) error {
	platforms, err := o.parsed()
	if err != nil {
		return err
	}
	project, err := here()
	if err != nil {
		return err
	}
	answer := imageAnswer{}
	err = t.during("image", "compiling the API: a minute for each platform the first time, seconds from then on", func() (string, error) {
		answer.Image, err = project.BuildImage(ctx, platforms...)
		answer.Tags = []string{answer.Version}
		return "catalog " + answer.Version, err
	})
	if err != nil {
		return err
	}
	if o.push != "" {
		pushed, err := pushShown(ctx, answer.Image, o.push, t)
		if err != nil {
			return err
		}
		answer.Pushed = &pushed
	}
	if o.asJSON {
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(answer)
	}
	answer.print(stdout)
	return nil
}

// pushShown pushes and shows how far it is.
func pushShown(ctx context.Context, image release.Image, to string, t *talk) (release.Pushed, error) {
	begin := time.Now()
	bar := newPushBar(t)
	pushed, err := image.Push(ctx, release.PushOptions{
		Repository: to, Progress: bar.show,
		Again: func(why error) {
			bar.end()
			t.note("the connection broke, it goes on from where it was: " + why.Error())
		},
	})
	bar.end()
	if err != nil {
		return pushed, err
	}
	result := pushed.Repository + ":" + pushed.Tag
	if pushed.Already {
		result += " was there already"
	}
	t.done("push", result, begin)
	return pushed, nil
}

func (a imageAnswer) print(stdout io.Writer) {
	rows := [][]string{{"Digest", a.Digest}, {"Tag", a.Version}}
	for _, p := range a.Platforms {
		rows = append(rows, []string{p.Platform.String(), p.Digest, megabytes(p.Size)})
	}
	for _, r := range a.Referrers {
		rows = append(rows, []string{r.ArtifactType, r.Digest, fmt.Sprintf("%.1f KiB", float64(r.Size)/(1<<10))})
	}
	table(stdout, append(rows, []string{"Layout", a.Layout}))
}

// megabytes writes bytes in MiB.
func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }
