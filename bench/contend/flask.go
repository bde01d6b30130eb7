package contend

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"catalog/bench/measure"
	"catalog/release"
)

// flask is the company's kind of container, as the local place runs it.
type flask struct {
	place *measure.Place
	image release.FlaskImage
	orm   string          // the folder with SQLAlchemy; empty before it is installed
	tuned map[bool]tuning // by whether it is with the ORM
}

// tuning is what gunicorn is given, and what came of it, a value a round.
type tuning struct {
	Workers int       `json:"workers"`
	Threads int       `json:"threads"`
	Rate    []float64 `json:"requests_per_second"`
}

// tunings are what is tried on two cores, and tuningRounds how often, in turns.
var tunings = [][2]int{{2, 1}, {2, 2}, {2, 4}, {3, 1}, {4, 1}, {4, 2}}

const tuningRounds = 3

func prepareFlask(ctx context.Context, place *measure.Place, project release.Project, say func(string)) (*flask, error) {
	image, err := project.FlaskEnvironment(ctx, say)
	if err != nil {
		return nil, err
	}
	f := &flask{place: place, image: image, orm: filepath.Join(place.Dir, "orm"), tuned: map[bool]tuning{}}
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

// tune finds the setting with most requests a second, by the median.
func (f *flask) tune(ctx context.Context, orm bool, span time.Duration, source measure.Source, say func(string, ...any)) ([]tuning, error) {
	tried := make([]tuning, len(tunings))
	for round := range tuningRounds {
		for i, t := range tunings {
			tried[i].Workers, tried[i].Threads = t[0], t[1]
			rate, err := f.try(ctx, tried[i], orm, span, source)
			if err != nil {
				return nil, err
			}
			tried[i].Rate = append(tried[i].Rate, rate)
		}
		say("gunicorn, round %d of %d", round+1, tuningRounds)
	}
	slices.SortFunc(tried, func(a, b tuning) int { return cmp.Compare(measure.Median(b.Rate), measure.Median(a.Rate)) })
	f.tuned[orm] = tried[0]
	return tried, nil
}

func (f *flask) try(ctx context.Context, t tuning, orm bool, span time.Duration, source measure.Source) (float64, error) {
	s, err := f.start(ctx, t, orm)
	if err != nil {
		return 0, err
	}
	defer s.Stop()
	if err := s.AwaitOK(ctx, measure.APage); err != nil {
		return 0, err
	}
	cost, err := f.place.Closed(ctx, s, Connections, span, source)
	return cost.Rate(), err
}
