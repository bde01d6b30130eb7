package console

import (
	"bytes"
	"html/template"
	"net/http"
	"os"
	"regexp"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// toHTML reads Markdown with tables. HTML within it and addresses that run
// something are left out, which is goldmark's default; cells have no style of
// their own, which the page's policy would refuse.
var toHTML = goldmark.New(goldmark.WithExtensions(
	extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignNone)),
	extension.Strikethrough, extension.TaskList,
))

// maxMarkdown is how much of a text is drawn.
const maxMarkdown = 1 << 20

// markdown is safe to show: see toHTML.
func markdown(source []byte) (template.HTML, error) {
	var b bytes.Buffer
	if err := toHTML.Convert(source[:min(len(source), maxMarkdown)], &b); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil
}

// runbookPath is a runbook's name; links between runbooks have .md at the end.
var runbookPath = regexp.MustCompile(`^([A-Za-z0-9-]+)(?:\.md)?$`)

// runbook draws docs/runbooks/{name}.md.
func (c *console) runbook(r *http.Request) *page {
	found := runbookPath.FindStringSubmatch(r.PathValue("name"))
	if found == nil || c.o.RunbooksDir == "" {
		return c.missing(r, "There is no runbook of this name; the alarms name those that there are.")
	}
	folder, err := os.OpenRoot(c.o.RunbooksDir)
	if err != nil {
		return c.missing(r, "The runbooks cannot be read: "+err.Error())
	}
	defer folder.Close()
	source, err := folder.ReadFile(found[1] + ".md")
	if err != nil {
		return c.missing(r, "There is no runbook "+found[1]+"; the alarms name those that there are.")
	}
	html, err := markdown(source)
	if err != nil {
		return c.missing(r, "The runbook "+found[1]+" is no Markdown: "+err.Error())
	}
	return &page{Title: "Runbook " + found[1], View: "runbook", Data: html, Still: true}
}
