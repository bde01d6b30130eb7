package capacity

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"catalog/bench/measure"
)

// others are the tasks of the fleet besides the measured one.
const others = maxTasks - 1

// fleet makes the writes of the other nine tasks, as the measured one hears of
// them: changes of stock by their statements, and new products by their word
// alone. What that costs PostgreSQL is the others', and is not counted.
type fleet struct {
	connection *pgx.Conn
	stop       context.CancelFunc
	done       sync.WaitGroup
	err        error
}

// withFleet runs do while the others write.
func withFleet(ctx context.Context, place *measure.Place, sample measure.Sampled, creates int, do func() error) error {
	c, err := place.Connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close(context.WithoutCancel(ctx))
	if _, err := c.Exec(ctx, "SET synchronous_commit = off"); err != nil { // to wait for no disk, on one connection for nine
		return err
	}
	defer place.LeaveOut(int(c.PgConn().PID()))()
	writing, stop := context.WithCancel(ctx)
	f := &fleet{connection: c, stop: stop}
	f.done.Go(func() { f.write(writing, sample, creates) })
	err = do()
	stop()
	f.done.Wait()
	if err == nil && f.err != nil {
		err = fmt.Errorf("the fleet's writes: %w", f.err)
	}
	return err
}

func (f *fleet) write(ctx context.Context, sample measure.Sampled, creates int) {
	chance := rand.New(rand.NewPCG(9, 9))
	rate := others * TaskRate * float64(Changes+creates) / whole
	began := time.Now()
	for n := 0; ; n++ {
		due := began.Add(time.Duration(float64(n) / rate * float64(time.Second)))
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(due)):
		}
		var err error
		if chance.IntN(Changes+creates) < creates {
			_, err = f.connection.Exec(ctx, "SELECT pg_notify('catalog', '')")
		} else {
			id := path.Base(sample.Products[chance.IntN(len(sample.Products))])
			_, err = f.connection.Exec(ctx, "UPDATE product SET stock = $2 WHERE id = $1::text::uuid", id, chance.IntN(500))
		}
		if err != nil {
			if ctx.Err() == nil {
				f.err = err
			}
			return
		}
	}
}
