package contend

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"catalog/bench/measure"
	"catalog/local/process"
)

// errNoPgbench: it is the one contender that neither Go nor npm brings.
var errNoPgbench = errors.New("pgbench is not here: install it (Debian: apt-get install postgresql-contrib)")

// findPgbench looks in PATH and where Debian has PostgreSQL's programs, the
// newest first.
func findPgbench() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	if err == nil && len(found) > 0 {
		slices.Sort(found)
		return found[len(found)-1], nil
	}
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path, nil
	}
	return "", errNoPgbench
}

// batch is how many statements a script of pgbench has: its transactions are
// counted by script. Few, so that planning each once a connection is little.
const batch = 20

// scripts are the statements that the API sends, with the values in them, for
// the same products and categories. -M prepared plans each once.
func scripts(products, categories []string) map[string]string {
	var get, list strings.Builder
	for i := range batch {
		fmt.Fprintf(&get, "SELECT version, document FROM product WHERE id = '%s'::uuid;\n", path.Base(products[i%len(products)]))
		category := "" // of a path of this program's own making
		if u, err := url.Parse(categories[i%len(categories)]); err == nil {
			category = u.Query().Get("category")
		}
		fmt.Fprintf(&list, "WITH page AS (SELECT found.id FROM unnest(catalog_subtree((SELECT '%s'::text))) AS part (category),"+
			" LATERAL (SELECT id FROM product WHERE category_id = part.category ORDER BY id LIMIT 21) AS found ORDER BY id LIMIT 21)"+
			" SELECT id, version, document, NULL AS position, NULL FROM page JOIN product USING (id) ORDER BY id;\n", strings.ReplaceAll(category, "'", "''"))
	}
	return map[string]string{"get": get.String(), "list": list.String()}
}

var (
	transactions = regexp.MustCompile(`(?m)^number of transactions actually processed: (\d+)`)
	scriptRate   = regexp.MustCompile(`(?m)^tps = ([0-9.]+)`)
)

// pgbench runs a script for a while.
func pgbench(ctx context.Context, p *measure.Place, program, script string, span time.Duration) (measure.Cost, error) {
	file := filepath.Join(p.Dir, "script.sql")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		return measure.Cost{}, err
	}
	command := exec.CommandContext(ctx, program, "--no-vacuum", "--protocol=prepared", "--client="+strconv.Itoa(Connections),
		"--time="+strconv.Itoa(max(1, int(span.Seconds()+0.5))), "--file="+file)
	command.Env = []string{
		"PGHOST=" + p.Database.Host, "PGPORT=" + strconv.Itoa(int(p.Database.Port)), "PGDATABASE=" + p.Database.Database,
		"PGUSER=" + p.Database.Username, "PGPASSWORD=" + p.Database.Password, "PGSSLMODE=verify-full", "PGSSLROOTCERT=" + p.Database.CAFile,
	}
	before, err := ended(p.Server.PID())
	if err != nil {
		return measure.Cost{}, err
	}
	out, err := command.CombinedOutput()
	if err != nil {
		return measure.Cost{}, fmt.Errorf("pgbench failed: %w: %s", err, out)
	}
	after, err := ended(p.Server.PID())
	if err != nil {
		return measure.Cost{}, err
	}
	counted, rated := transactions.FindSubmatch(out), scriptRate.FindSubmatch(out)
	if counted == nil || rated == nil {
		return measure.Cost{}, fmt.Errorf("pgbench does not say what it did: %s", out)
	}
	n, err := strconv.Atoi(string(counted[1]))
	if err != nil {
		return measure.Cost{}, err
	}
	rate, err := strconv.ParseFloat(string(rated[1]), 64)
	if err != nil {
		return measure.Cost{}, err
	}
	return measure.Cost{Requests: n * batch, Span: time.Duration(float64(n) / rate * float64(time.Second)), Database: after - before}, nil
}

// ended is the CPU time of PostgreSQL with the sessions that have ended:
// pgbench's have by the time it is asked.
func ended(pid int) (time.Duration, error) {
	look, err := process.Look()
	if err != nil {
		return 0, err
	}
	usage, ok := look.Of(pid)
	if !ok {
		return 0, errors.New("PostgreSQL has ended: the run cannot go on")
	}
	return usage.CPU, nil
}
