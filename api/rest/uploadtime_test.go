package rest_test

import (
	"bufio"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// slowUpload sends a feed part by part, with pauses, and answers what comes of
// it and when.
func slowUpload(t *testing.T, parts int, size int, pause time.Duration) (status int, took time.Duration) {
	t.Helper()
	client, begin := dialStore(t, &forgetful{memoryStore: &memoryStore{}}), time.Now()
	var writing sync.WaitGroup
	defer writing.Wait()
	defer client.Close()
	writing.Go(func() {
		fmt.Fprintf(client, "POST /api/v1/imports HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\nsku,name\n", token, 9+parts*size)
		for range parts {
			time.Sleep(pause)
			if _, err := client.Write(make([]byte, size)); err != nil {
				return
			}
		}
	})
	response, err := http.ReadResponse(bufio.NewReader(client), nil)
	if err != nil {
		return 0, time.Since(begin)
	}
	return response.StatusCode, time.Since(begin)
}

// TestUploadsTakeAsLongAsTheyMust: and the answer comes, however long that was.
func TestUploadsTakeAsLongAsTheyMust(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		if status, took := slowUpload(t, 40, 256<<10, 20*time.Second); status != 202 || took != 800*time.Second {
			t.Errorf("%d after %s", status, took)
		}
	})
}

func TestUploadsThatAreTooSlowAreCutOff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		size  int
		pause time.Duration
		after time.Duration
	}{"in a part": {100, 10 * time.Second, 30 * time.Second}, "in all": {256 << 10, 29 * time.Second, 30 * time.Minute}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				if status, took := slowUpload(t, 1000, c.size, c.pause); status != 400 || took < c.after || took > c.after+time.Second {
					t.Errorf("%d after %s, want %s", status, took, c.after)
				}
			})
		})
	}
}
