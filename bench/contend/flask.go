package contend

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"catalog/bench/measure"
	"catalog/release"
)

// flask is the company's kind of container, as the local place runs it.
type flask struct {
	place *measure.Place
	image release.FlaskImage
	orm   string // the folder with SQLAlchemy; empty before it is installed
	tuned tuning
}

// tuning is what gunicorn is given.
type tuning struct {
	Workers int     `json:"workers"`
	Threads int     `json:"threads"`
	Rate    float64 `json:"requests_per_second"`
}

// tunings are what is tried, on the two cores that a task never has more of.
var tunings = []tuning{
	{Workers: 1, Threads: 4},
	{Workers: 2, Threads: 1},
	{Workers: 2, Threads: 2},
	{Workers: 2, Threads: 4},
	{Workers: 2, Threads: 8},
	{Workers: 3, Threads: 1},
	{Workers: 3, Threads: 4},
	{Workers: 4, Threads: 1},
	{Workers: 4, Threads: 2},
}

func prepareFlask(ctx context.Context, place *measure.Place, project release.Project, say func(string)) (*flask, error) {
	image, err := project.FlaskEnvironment(ctx, say)
	if err != nil {
		return nil, err
	}
	f := &flask{place: place, image: image, orm: filepath.Join(place.Dir, "orm")}
	// On top of the workload's own environment, which stays as it is.
	pip := exec.CommandContext(ctx, f.python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps",
		"--target", f.orm, "--requirement", project.Path("bench/contend/sqlalchemy/requirements.txt"))
	if out, err := pip.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("SQLAlchemy cannot be installed: %w: %s", err, out)
	}
	source, err := os.ReadFile(project.Path("bench/contend/sqlalchemy/catalog_orm.py"))
	if err != nil {
		return nil, err
	}
	return f, os.WriteFile(filepath.Join(f.orm, "catalog_orm.py"), source, 0o644)
}

// python is the interpreter: a path in the image, or the machine's own.
func (f *flask) python() string {
	if path := f.image.Entrypoint[0]; filepath.IsAbs(path) {
		return filepath.Join(f.image.Root, path)
	}
	return f.image.Entrypoint[0]
}

// start starts gunicorn; with the ORM where orm is true.
func (f *flask) start(ctx context.Context, t tuning, orm bool) (*measure.Process, error) {
	args := append(append([]string{}, f.image.Entrypoint[1:]...), f.image.Command...)
	if orm {
		args = append(args, "--pythonpath", f.image.Root+","+f.orm, "catalog_orm:create_app()")
	}
	command := exec.CommandContext(ctx, f.python(), args...)
	command.Dir = f.image.Root
	command.Env = f.place.Environment(map[string]string{
		"WEB_CONCURRENCY": strconv.Itoa(t.Workers), "THREADS": strconv.Itoa(t.Threads), "PYTHONDONTWRITEBYTECODE": "1",
	})
	return measure.Begin(command)
}

// tune finds the setting with most requests a second.
func (f *flask) tune(ctx context.Context, span time.Duration, source measure.Source, say func(string, ...any)) ([]tuning, error) {
	tried := make([]tuning, 0, len(tunings))
	for _, t := range tunings {
		s, err := f.start(ctx, t, false)
		if err != nil {
			return nil, err
		}
		if err = s.AwaitOK(ctx, measure.APage); err == nil {
			var cost measure.Cost
			cost, err = f.place.Closed(ctx, s, connections, span, source)
			t.Rate = cost.Rate()
		}
		s.Stop()
		if err != nil {
			return nil, err
		}
		say(" %d×%d %.0f/s", t.Workers, t.Threads, t.Rate)
		tried = append(tried, t)
		if t.Rate > f.tuned.Rate {
			f.tuned = t
		}
	}
	return tried, nil
}
