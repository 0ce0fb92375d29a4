package suite

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Testbed is a running server under test.
type Testbed struct {
	// URL is its address.
	URL string
	cmd *exec.Cmd
}

// testbedStart is how long a testbed may take until it listens.
const testbedStart = 30 * time.Second

// StartTestbed starts a program whose first line on standard output is "LISTEN " and its port.
func StartTestbed(ctx context.Context, log io.Writer, name string, args ...string) (*Testbed, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = log
	cmd.Env = append(os.Environ(), "NODE_ENV=test", "TEST=true")
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the testbed: %w", err)
	}
	t, port := &Testbed{cmd: cmd}, make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(pipe)
		for lines.Scan() {
			if p, listening := strings.CutPrefix(lines.Text(), "LISTEN "); listening {
				port <- p
			}
		}
		close(port)
	}()
	select {
	case p, ok := <-port:
		if !ok {
			t.Stop()
			return nil, fmt.Errorf("the testbed %s ended before it listened", name)
		}
		t.URL = "http://127.0.0.1:" + p
		return t, nil
	case <-time.After(testbedStart):
		t.Stop()
		return nil, fmt.Errorf("the testbed %s does not listen", name)
	}
}

// Stop ends the testbed.
func (t *Testbed) Stop() {
	_ = t.cmd.Process.Signal(syscall.SIGTERM)
	_ = t.cmd.Wait()
}
