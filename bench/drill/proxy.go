package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"catalog/local/pgserver"
)

// proxy stands between the tasks and PostgreSQL, as the name of Aurora's
// cluster endpoint does: where it leads can change, and how well.
type proxy struct{ toxi *toxiproxy.Proxy }

func newProxy() (*proxy, error) {
	zerolog.SetGlobalLevel(zerolog.Disabled) // toxics write to its global logger
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p := &proxy{toxiproxy.NewProxy(server, "database", pgserver.Host+":0", "")}
	return p, p.toxi.Start()
}

// address is where the tasks are sent.
func (p *proxy) address() string { return p.toxi.Listen }

// lead sends new connections to a server on a port, and ends those that there
// are.
func (p *proxy) lead(port int) error {
	p.toxi.Stop()
	p.toxi.Lock()
	p.toxi.Upstream = pgserver.Host + ":" + strconv.Itoa(port)
	p.toxi.Unlock()
	return p.toxi.Start()
}

// cut ends every connection and takes no new one.
func (p *proxy) cut() { p.toxi.Stop() }

// poison makes the network worse, in both directions.
func (p *proxy) poison(kind, attributes string) error {
	for _, direction := range []string{"upstream", "downstream"} {
		toxic := fmt.Sprintf(`{"type": %q, "stream": %q, "attributes": %s}`, kind, direction, attributes)
		if _, err := p.toxi.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
			return fmt.Errorf("toxiproxy does not take %s: %w", toxic, err)
		}
	}
	return nil
}

// heal makes the network good again.
func (p *proxy) heal() { p.toxi.Toxics.ResetToxics(context.Background()) }

func (p *proxy) close() { p.toxi.Stop() }
