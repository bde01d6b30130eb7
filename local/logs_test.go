package local

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// openStream opens a stream of a log group in a state folder.
func openStream(t *testing.T, state, group, stream string) io.WriteCloser {
	t.Helper()
	e := &Environment{options: Options{StateDir: state}}
	r, err := newLogGroup(e, declared{id: "Logs", properties: map[string]any{"LogGroupName": group}})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	w, err := r.(*logGroup).stream(stream)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func write(t *testing.T, w io.Writer, text string) {
	t.Helper()
	if n, err := io.WriteString(w, text); n != len(text) || err != nil {
		t.Fatalf("%d of %d bytes written: %v", n, len(text), err)
	}
}

func texts(t *testing.T, r *LogReader) []string {
	t.Helper()
	lines, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, line := range lines {
		all = append(all, line.Text)
	}
	return all
}

func TestO6_LinesKeepTheirTimeAndOrigin(t *testing.T) {
	t.Parallel()
	state, before := t.TempDir(), time.Now()
	w := openStream(t, state, "ecs/logs-api-dev", "api/api/0123456789abcdef")
	write(t, w, "{\"msg\":\"a\\tb\"}\nwith\ttab\n\n")
	lines, err := NewLogReader(state).Read()
	if err != nil || len(lines) != 3 {
		t.Fatalf("%v, %v", lines, err)
	}
	for i, want := range []string{`{"msg":"a\tb"}`, "with\ttab", ""} {
		line := lines[i]
		if line.Text != want || line.Group != "ecs/logs-api-dev" || line.Container != "api" || line.Task != "0123456789abcdef" {
			t.Errorf("line %d is %+v, want %q", i, line, want)
		}
		if line.Time.Before(before.Truncate(0)) || line.Time.After(time.Now()) {
			t.Errorf("line %d has the time %v", i, line.Time)
		}
	}
	info, err := os.Stat(filepath.Join(state, logsDir, "ecs/logs-api-dev/api/api/0123456789abcdef.log"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v: logs are for their owner alone", info, err)
	}
}

func TestO6_LinesArriveInPieces(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	w := openStream(t, state, "logs", "api/api/1")
	reader := NewLogReader(state)
	write(t, w, "one\ntw")
	if got := texts(t, reader); !slices.Equal(got, []string{"one"}) {
		t.Errorf("got %q, want the whole line alone", got)
	}
	write(t, w, "o\nth")
	write(t, w, "ree")
	if got := texts(t, reader); !slices.Equal(got, []string{"two"}) {
		t.Errorf("got %q", got)
	}
	if err := w.Close(); err != nil { // what a dying program printed last has no end of line
		t.Fatal(err)
	}
	if got := texts(t, reader); !slices.Equal(got, []string{"three"}) {
		t.Errorf("got %q", got)
	}
	if got := texts(t, reader); got != nil {
		t.Errorf("got %q again", got)
	}
}

// CloudWatch takes events of 256 KiB: a program that prints no end of line
// must not fill this one's memory.
func TestO6_AnOverlongLineIsCut(t *testing.T) {
	t.Parallel()
	for name, pieces := range map[string]int{"in one piece": 1, "in many": 1000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state := t.TempDir()
			w := openStream(t, state, "logs", "api/api/1")
			const rest = 1000
			long := strings.Repeat("x", 2*maxLine+rest)
			for piece := range slices.Chunk([]byte(long), len(long)/pieces) {
				write(t, w, string(piece))
			}
			if kept := len(w.(*lineStamper).partial); kept > maxLine {
				t.Errorf("%d bytes are kept", kept)
			}
			write(t, w, "\nnext\n")
			got := texts(t, NewLogReader(state))
			var lengths []int
			for _, text := range got {
				lengths = append(lengths, len(text))
			}
			if !slices.Equal(lengths, []int{maxLine, maxLine, rest, 4}) {
				t.Errorf("lines of %v bytes, want %v", lengths, []int{maxLine, maxLine, rest, 4})
			}
		})
	}
}

func TestReaderFollowsEveryStreamInOrderOfTime(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	reader := NewLogReader(state)
	if got := texts(t, reader); got != nil {
		t.Errorf("before anything ran: %q", got)
	}
	one, two := openStream(t, state, "logs-z", "api/api/1"), openStream(t, state, "logs-a", "api/api/2")
	write(t, one, "first\n")
	write(t, two, "second\n")
	write(t, one, "third\n")
	if got := texts(t, reader); !slices.Equal(got, []string{"first", "second", "third"}) {
		t.Errorf("got %q", got)
	}
	three := openStream(t, state, "logs-m", "migrate/migrate/3") // a stream that comes later
	write(t, three, "fourth\n")
	write(t, two, "fifth\n")
	if got := texts(t, reader); !slices.Equal(got, []string{"fourth", "fifth"}) {
		t.Errorf("got %q, want the new lines alone", got)
	}
	if got := texts(t, NewLogReader(state)); len(got) != 5 {
		t.Errorf("another reader got %q, want all", got)
	}
}

func TestReaderSkipsWhatIsNoLogLine(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	w := openStream(t, state, "logs", "api/api/1")
	write(t, w, "good\n")
	dir := filepath.Join(state, logsDir, "logs/api/api")
	for name, text := range map[string]string{"2.log": "no stamp\nyesterday\tno time\n", "notes.txt": "2026-01-01T00:00:00Z\tno log\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := texts(t, NewLogReader(state)); !slices.Equal(got, []string{"good"}) {
		t.Errorf("got %q", got)
	}
}

// A reader of recent lines takes little memory however much was written since
// it looked, in one stream or in many.
func TestO6_RecentLinesAreBounded(t *testing.T) {
	t.Parallel()
	const bound = 64 << 10
	state := t.TempDir()
	reader := NewRecentLogReader(state, bound)
	one := openStream(t, state, "logs", "api/api/1")
	fill := func(w io.Writer) {
		for i := range 4 * bound / 1000 {
			write(t, w, strings.Repeat("x", 1000-8)+fmt.Sprintf("%08d\n", i))
		}
	}
	for look := range 3 {
		fill(one)
		got := texts(t, reader)
		bytes := 0
		for _, text := range got {
			bytes += len(text)
		}
		if len(got) < 50 || bytes > bound || !strings.HasSuffix(got[len(got)-1], fmt.Sprintf("%08d", 4*bound/1000-1)) {
			t.Errorf("look %d has %d lines of %d bytes", look, len(got), bytes)
		}
	}
	fill(one)
	found, err := reader.readFile(filepath.Join(state, logsDir, "logs/api/api/1.log"))
	if size(found) > bound || len(found) < 50 || err != nil {
		t.Errorf("%d lines of %d bytes of one stream were in memory: %v", len(found), size(found), err)
	}
	for i := range 10 {
		fill(openStream(t, state, "logs", "api/api/many"+strconv.Itoa(i)))
	}
	lines, err := reader.Read()
	if size(lines) > bound || len(lines) < 50 || err != nil {
		t.Errorf("of ten streams %d lines of %d bytes came: %v", len(lines), size(lines), err)
	}
	for _, line := range lines {
		if line.Task != "many9" && line.Task != "many8" { // the bound of one stream counts its times too
			t.Fatalf("a line of %s is among the newest", line.Task)
		}
	}
}

func FuzzParseLogLine(f *testing.F) {
	for _, seed := range []string{"", "\t", "2026-01-02T03:04:05.678Z\ttext", "2026-13-99T99:99:99Z\tx", "text\twith\ttabs", "\x00\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if line, ok := parseLogLine(text); ok && !strings.HasSuffix(string(text), "\t"+line.Text) {
			t.Errorf("%q is read as %q", text, line.Text)
		}
		// What lineStamper wrote comes back as it was.
		file, err := os.CreateTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		stamper := &lineStamper{file: file, measured: func([]byte) {}}
		line := strings.ReplaceAll(string(text), "\n", " ")
		write(t, stamper, line+"\n")
		if err := stamper.Close(); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		got, ok := parseLogLine([]byte(strings.TrimSuffix(string(content), "\n")))
		if !ok || got.Text != line || got.Time.IsZero() {
			t.Errorf("%q came back as %q, %v", line, got.Text, ok)
		}
	})
}
