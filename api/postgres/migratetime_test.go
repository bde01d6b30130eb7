package postgres_test

import "testing"

// TestMigrationTakesItsTime: one that writes a large catalog anew is not ended
// by the bound of a request's statement.
func TestMigrationTakesItsTime(t *testing.T) {
	t.Parallel()
	o := newDatabase(t)
	c := raw(t, o)
	exec(t, c, `CREATE TABLE bounds (bound text);
		CREATE FUNCTION note_bound() RETURNS event_trigger LANGUAGE plpgsql AS
			$$ BEGIN INSERT INTO public.bounds VALUES (current_setting('statement_timeout')); END $$;
		CREATE EVENT TRIGGER note_bound ON ddl_command_start EXECUTE FUNCTION note_bound()`)
	if err := migrate(t.Context(), o, &lines{}); err != nil {
		t.Fatal(err)
	}
	var statements int
	var bounds []string
	if err := c.QueryRow(t.Context(), "SELECT count(*), array_agg(DISTINCT bound) FROM bounds").Scan(&statements, &bounds); err != nil {
		t.Fatal(err)
	}
	if statements < 10 || len(bounds) != 1 || bounds[0] != "0" {
		t.Errorf("%d statements have the bounds %q", statements, bounds)
	}
}
